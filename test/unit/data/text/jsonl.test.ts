import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { openDataset } from '../../../../src/data/index.js';
import { decodeText } from '../../../../src/data/text/encoding.js';
import { jsonLines, type JsonLinesOptions } from '../../../../src/data/text/jsonl.js';
import { chooseTextColumns } from '../../../../src/data/text/textColumns.js';
import { stream } from '../../../../src/protocol/random.js';
import { DataError } from '../../../../src/data/reader.js';
import { put, temporaryFolder } from '../make.js';
import { assertTold, collect, pieces } from '../pieces.js';

const read = async (content: string | Uint8Array, options: JsonLinesOptions = {}, size = 11): Promise<unknown[]> =>
  collect(jsonLines(decodeText(pieces(content, size), 'a.jsonl'), 'a.jsonl', options, 2000));

describe('JSON lines', () => {
  it('give text and label by their usual names', async () => {
    const content =
      '{"id": 1, "text": "Grüße", "label": "hi"}\r\n\n{"text": " ", "label": "no"}\n{"label": 3, "text": "b\\nc"}\n{"text": "d", "label": null}\n{"text":"e"}';
    assert.deepEqual(await read(content), [
      { text: 'Grüße', label: 'hi', line: 1 },
      { text: 'b\nc', label: '3', line: 4 },
      { text: 'd', label: null, line: 5 },
      { text: 'e', label: null, line: 6 },
    ]);
  });
  it('give the members that are named', async () => {
    const content = '{"text": "t", "label": "l", "other": "o", "truth": true}\n';
    assert.deepEqual(await read(content, { text: 'other', label: 'truth' }), [{ text: 'o', label: 'true', line: 1 }]);
    assert.deepEqual(await read(content, { label: null }), [{ text: 't', label: null, line: 1 }]);
    assert.deepEqual(await read('{"body": "b", "text": "t"}', { label: 'text' }), [{ text: 'b', label: 't', line: 1 }]);
    assert.deepEqual(await read('{"intent": "b", "question": "t"}', { text: 'intent' }), [
      { text: 'b', label: null, line: 1 },
    ]);
  });
  it('have no members but their own', () =>
    assert.rejects(read('{"text": "t"}', { text: 'constructor' }), (error) => {
      assertTold(error, 'a.jsonl', /has no “constructor”/);
      return true;
    }));
  it('are chosen as people name columns', () => {
    const choose = (...names: string[]): unknown => chooseTextColumns(names);
    assert.deepEqual(choose('text', 'category'), { text: 'text', label: 'category' });
    assert.deepEqual(choose('Intent', 'Sentence', 'id'), { text: 'Sentence', label: 'Intent' });
    assert.deepEqual(choose('title', 'content', 'class'), { text: 'content', label: 'class' });
    assert.deepEqual(choose('words'), { text: 'words', label: null });
    assert.deepEqual(choose('words', 'label'), { text: 'words', label: 'label' });
    assert.equal(choose('one', 'two'), null);
    assert.deepEqual(chooseTextColumns(['one', 'two', 'label'], { text: 'two' }), { text: 'two', label: 'label' });
    assert.deepEqual(chooseTextColumns(['label', 'text'], { text: 'label' }), { text: 'label', label: null });
    assert.deepEqual(chooseTextColumns(['text', 'class'], { label: 'text' }), { text: 'class', label: 'text' });
    assert.equal(choose(), null);
  });

  describe('that are broken are told with line and place', () => {
    const at = temporaryFolder();
    const deep = '['.repeat(500);
    const broken: [string, string | Uint8Array, RegExp][] = [
      ['cut off after {', '{"text":"a"}\n{', /line 2, column 2/],
      ['cut off in a name', '{"text":"a"}\n{"te', /line 2, column \d/],
      ['cut off after a name', '{"text"', /line 1, column 8/],
      ['cut off after a colon', '{"text":', /line 1, column 9/],
      ['cut off in a text', '{"text":"a', /line 1, column 9/],
      ['cut off in an escape', '{"text":"a\\u00', /line 1, column/],
      ['cut off before }', '{"text":"a"', /line 1, column 12/],
      ['a comma too many', '{"text":"a",}', /line 1, column 13/],
      ['a colon missing', '{"text" "a"}', /line 1, column 9/],
      ['two objects', '{"text":"a"}{"text":"b"}', /line 1, column 13/],
      ['a pretty-printed object', '{\n  "text": "a"\n}', /line 1, column 2/],
      ['a list of objects over lines', '[\n{"text":"a"},\n{"text":"b"}\n]', /line 1, column 2/],
      ['a list', '[{"text":"a"}]', /line 1 holds a list/],
      ['a number', '{"text":"a"}\n12', /line 2 holds a number/],
      ['null', 'null', /line 1 holds null/],
      ['a text', '"text"', /line 1 holds a text/],
      ['single quotes', "{'text': 'a'}", /line 1, column 2/],
      ['Python', '{"text": None}', /line 1, column 10/],
      ['NaN', '{"text": "a", "label": NaN}', /line 1, column 24/],
      ['Infinity', '{"text": "a", "label": Infinity}', /line 1, column 24/],
      ['a number too large', '{"text": "a", "label": 1e999}', /line 1: the label “label” is a number too large/],
      ['a comment', '{"text":"a"} // why', /line 1, column 14/],
      ['a tab in a text', '{"text":"a\tb"}', /line 1, column/],
      ['no text', '{"text":"a"}\n{"txet":"b"}', /line 2 has no “text”/],
      ['a text that is a number', '{"text":"a"}\n{"text":5}', /line 2: “text” is a number/],
      ['a text that is null', '{"text":null}', /line 1: “text” is null/],
      ['a text that is a list', '{"text":["a"]}', /line 1: “text” is a list/],
      ['a label that is an object', '{"text":"a","label":{}}', /line 1: the label “label” is an object/],
      ['names that do not tell', '{"a":"x","b":"y"}', /line 1: which of “a”, “b”/],
      ['an object of nothing', '{}', /line 1 is an object without members/],
      ['a name that all objects have', '{"text":"a"}\n{"__proto__":{"text":"b"}}', /line 2 has no “text”/],
      ['nested deeply and cut off', deep, /line 1, column/],
      ['nested deeply', `{"text":${deep}${']'.repeat(500)}}`, /line 1: “text” is a list/],
      ['a line too long', `{"text":"${'x'.repeat(2100)}"}`, /line 1: the line is longer than 2,000/],
      ['a NUL', '{"text":"a\0"}', /byte 10 is zero/],
      ['Latin-1', Buffer.from('{"text":"\xe9"}', 'latin1'), /byte 9 \(0xE9\)/],
      ['a CSV', 'text,label\na,b\n', /line 1, column 1/],
    ];
    for (const [name, content, says] of broken)
      it(name, () =>
        assert.rejects(read(content), (error) => {
          assertTold(error, 'a.jsonl', says);
          return true;
        }),
      );

    it('also when they are opened as a dataset, plain and packed, and skipped where a line alone is broken', async () => {
      assert.ok(broken.length >= 30);
      const whole = '{"text":"whole","label":"l"}\n';
      for (const [i, [name, content, says]] of broken.entries()) {
        if (name === 'a line too long') continue; // it is none for a dataset
        const bytes = typeof content === 'string' ? Buffer.from(content) : content;
        for (const [file, stored] of [
          [put(at(String(i), 'a.jsonl'), bytes), bytes],
          [put(at(String(i), 'packed', 'a.jsonl.gz'), gzipSync(bytes)), gzipSync(bytes)],
        ] as const) {
          await assert.rejects(openDataset(file), (error) => {
            assert.ok(error instanceof DataError && error.advice, `${name}, ${stored.length} bytes: ${String(error)}`);
            assert.match(error.message, says);
            return true;
          });
        }
        const all = put(at(String(i), 'all', 'a.jsonl'), Buffer.concat([Buffer.from(whole), bytes]));
        const opened = openDataset(all, { onError: 'skip' });
        // What is no text is told by its byte, and nothing behind it can be trusted.
        if (/NUL|Latin-1/.test(name)) await assert.rejects(opened, DataError);
        else {
          const { info } = await opened;
          assert.ok(info.count >= 1 && info.problems.length >= 1, `${name}: ${info.count}, ${info.problems.length}`);
        }
      }
    });
  });

  it('that are nested more deeply than the stack are told too', async () => {
    const deep = '['.repeat(200_000);
    await assert.rejects(collect(jsonLines(decodeText(pieces(deep, 1e6), 'a.jsonl'), 'a.jsonl')), (error) => {
      assertTold(error, 'a.jsonl', /line 1, column/);
      return true;
    });
  });

  it('with bytes changed at random are read as JSON.parse reads their lines, or refused', async () => {
    const valid = Buffer.from(
      Array.from({ length: 8 }, (_, i) => JSON.stringify({ text: `text “${i}”\n`, label: `c${i % 3}` })).join('\n'),
    );
    let refused = 0;
    for (let seed = 0; seed < 400; seed++) {
      const random = stream(seed, 'jsonl');
      const bytes = Buffer.from(valid);
      for (let k = 0; k < 1 + random.integer(3); k++) bytes[random.integer(bytes.length)] = random.integer(256);
      let found: unknown[];
      try {
        found = await read(bytes.subarray(0, bytes.length - random.integer(3)), { text: 'text', label: 'label' });
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        assertTold(error, 'a.jsonl');
        refused++;
        continue;
      }
      for (const { text, label, line } of found as { text: string; label: string | null; line: number }[]) {
        const record = JSON.parse(
          bytes
            .toString()
            .replace(/^\ufeff/, '')
            .split(/\r\n|\n|\r/)[line - 1]!,
        ) as Record<string, unknown>;
        assert.deepEqual(
          [record['text'], record['label'] ?? null],
          [text, label ?? (record['label'] === '' ? '' : null)],
          `seed ${seed}`,
        );
      }
    }
    assert.ok(refused > 100, `${refused} refused`);
  });
});
