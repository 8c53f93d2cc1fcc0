import assert from 'node:assert/strict';
import { Channel, type ChannelHandlers, type LineStream } from '../../../src/protocol/channel.js';
import { processorTime } from '../processorTime.js';

type Message = { say: string };

/** Two ends of one pipe; text arrives in pieces of `size` characters. */
function pair(a: ChannelHandlers<Message, Message>, b: ChannelHandlers<Message, Message>, size = Infinity) {
  const ends = [0, 1].map(() => ({ data: [] as ((text: string) => void)[], close: [] as (() => void)[] }));
  const stream = (own: number): LineStream => ({
    write: (text) => {
      for (let i = 0; i < text.length; i += size)
        for (const listener of ends[1 - own]!.data) listener(text.slice(i, i + size));
    },
    onData: (listener) => void ends[own]!.data.push(listener),
    onClose: (listener) => void ends[own]!.close.push(listener),
    close: () => ends.forEach(({ close }) => close.forEach((listener) => listener())),
  });
  const streams = [stream(0), stream(1)] as const;
  return {
    a: new Channel<Message, Message, Message, Message>(streams[0], a),
    b: new Channel<Message, Message, Message, Message>(streams[1], b),
    raw: streams[0],
  };
}

describe('the channel', () => {
  for (const size of [Infinity, 1, 3])
    it(`answers requests in pieces of ${size} characters, also out of order`, async () => {
      const waiting: (() => void)[] = [];
      const { a } = pair(
        {},
        {
          onRequest: ({ say }) =>
            say === 'slow' ? new Promise((resolve) => waiting.push(() => resolve('slow done'))) : `${say} done ü`,
        },
        size,
      );
      const slow = a.request({ say: 'slow' });
      assert.equal(await a.request({ say: 'fast' }), 'fast done ü');
      waiting[0]!();
      assert.equal(await slow, 'slow done');
    });

  it('brings pushes in order', () => {
    const seen: string[] = [];
    const { b } = pair({ onPush: ({ say }) => seen.push(say) }, {});
    for (const say of ['one', 'two\nlines', 'three']) b.push({ say });
    assert.deepEqual(seen, ['one', 'two\nlines', 'three']);
  });

  it('brings the message of a handler that throws, and of a side that takes no requests', async () => {
    const { a, b } = pair({}, { onRequest: () => Promise.reject(new Error('The disk is full.')) });
    await assert.rejects(a.request({ say: 'x' }), /^Error: The disk is full\.$/);
    await assert.rejects(b.request({ say: 'x' }), /takes no requests/);
  });

  it('rejects what waits when it ends, and what is asked after', async () => {
    let closed = 0;
    const { a, b } = pair({ onClose: () => closed++ }, { onRequest: () => new Promise(() => undefined) });
    const pending = a.request({ say: 'x' });
    b.close();
    await assert.rejects(pending, /ended before it answered/);
    await assert.rejects(a.request({ say: 'y' }), /no longer running/);
    assert.equal(closed, 1);
  });

  for (const junk of ['no JSON', '"text"', 'null', '7'])
    it(`ends when the other side writes ${junk}`, () => {
      let closed = false;
      const { raw } = pair({}, { onClose: () => (closed = true) });
      raw.write(junk + '\n');
      assert.ok(closed);
    });

  it('ends rather than gather a line without end', () => {
    let closed = 0;
    const { raw } = pair({}, { onClose: () => closed++ });
    const piece = 'x'.repeat(1 << 20);
    for (let i = 0; i < 16; i++) raw.write(piece);
    assert.equal(closed, 0, '16 Mi characters are allowed');
    raw.write('x');
    assert.equal(closed, 1);
  });

  it('ends at a line that is too long though it comes whole, and does not read it', () => {
    const seen: string[] = [];
    let closed = false;
    const { raw } = pair({}, { onPush: ({ say }) => seen.push(say), onClose: () => (closed = true) });
    raw.write(`{"push":{"say":"fine"}}\n{"push":{"say":"${'x'.repeat(1 << 24)}"}}\n{"push":{"say":"after"}}\n`);
    assert.deepEqual([seen, closed], [['fine'], true]);
  });

  it('takes time in proportion to a long line, in however many pieces it comes', () => {
    const lineOf = (length: number) => `{"push":{"say":"${'x'.repeat(length)}"}}\n`;
    const milliseconds = (length: number) => {
      const line = lineOf(length);
      const pieces = Array.from({ length: Math.ceil(line.length / 64) }, (_, i) => line.slice(64 * i, 64 * (i + 1)));
      let seen = 0;
      const { raw } = pair({}, { onPush: ({ say }) => (seen = say.length) });
      const taken = processorTime(() => pieces.forEach((piece) => raw.write(piece)));
      assert.equal(seen, length);
      return taken;
    };
    const least = (length: number) => Math.min(...Array.from({ length: 5 }, () => milliseconds(length)));
    const [short, long] = [least(1 << 18), least(1 << 21)];
    assert.ok(long < 32 * short, `8 times the length took ${(long / short).toFixed(1)} times as long; squared is 64`);
  });

  it('passes over a reply that nobody waits for', async () => {
    const { a, raw } = pair({}, { onRequest: () => 'fine' });
    raw.write('{"id":99,"reply":1}\n');
    assert.equal(await a.request({ say: 'x' }), 'fine');
  });
});
