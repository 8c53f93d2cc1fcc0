/// <reference lib="dom" />
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { useMonitor } from './lab.js';
import { results, type FakeHost, type ThemeName } from './page.js';
import { curveHeights, rowStep } from './pixels.js';
import { record, STEPS_PER_EPOCH } from './recording.js';

const recording = record(12);
const last = 12 * STEPS_PER_EPOCH;

describe('the monitor for everybody', () => {
  const monitor = useMonitor();

  before(() => mkdir(results, { recursive: true }));

  it('gives every control and picture a name', async () => {
    const host = await monitor.showAll(recording);
    await host.page.locator('.chart-frame[aria-label*="at step 2,820"]').waitFor();
    const session = await host.page.context().newCDPSession(host.page);
    const { nodes } = (await session.send('Accessibility.getFullAXTree')) as unknown as { nodes: AxNode[] };
    const wanted = ['button', 'slider', 'textbox', 'radio', 'link', 'img', 'image', 'progressbar', 'group'];
    const found = nodes.filter(({ ignored, role }) => !ignored && wanted.includes(role?.value ?? ''));
    const nameless = found.filter(({ name }) => (name?.value ?? '').trim() === '');
    assert.deepEqual(
      nameless.map(({ role }) => role?.value),
      [],
    );
    const names = found.map(({ name }) => name?.value ?? '');
    for (const name of [
      'Pause',
      'Stop',
      'Sample now',
      'Learning rate',
      'log',
      'step',
      'epoch',
      'time',
      'Time',
      'Replay',
      'Live',
      'Open recipe',
    ])
      assert.ok(
        names.some((found) => found === name),
        `"${name}" among ${names.join(' | ')}`,
      );
    assert.ok(
      names.some((name) => /^Loss by step\. Training 0\.08\d+ at step 2,820/.test(name)),
      'the chart in words',
    );
    assert.ok(
      names.some((name) => /^Output at step 2,820: 10 pictures, mean absolute error 0\.0\d+/.test(name)),
      'the pictures in words',
    );
    assert.ok(names.some((name) => /^First-layer weights at step 2,820: 32 pictures of 32 units/.test(name)));
  });

  it('can be reached and used by keyboard alone', async () => {
    const host = await monitor.showAll(recording);
    const reached = new Set<string>();
    for (let i = 0; i < 14; i++) {
      await host.page.keyboard.press('Tab');
      const [name, visible] = await host.page.evaluate(() => {
        let focus = document.activeElement;
        while (focus?.shadowRoot?.activeElement) focus = focus.shadowRoot.activeElement;
        if (!focus || focus === document.body) return ['', true] as const;
        const shown =
          focus instanceof HTMLInputElement && focus.type === 'radio' ? (focus.nextElementSibling ?? focus) : focus;
        const ring = (target: Element, pseudo?: string): boolean => {
          const { outlineStyle, outlineWidth } = getComputedStyle(target, pseudo);
          return outlineStyle !== 'none' && parseFloat(outlineWidth) > 0;
        };
        const slider = focus instanceof HTMLInputElement && focus.type === 'range';
        const field = focus.closest('.root'); // the library draws the ring of a field around its frame
        const frame = field ? getComputedStyle(field).borderColor : '';
        const visible = slider || ring(shown) || (field !== null && frame !== '');
        const label = focus instanceof HTMLInputElement ? focus.labels?.[0] : undefined;
        const words = (label ?? focus).textContent.trim();
        const outer = document.activeElement; // what a component shows is in the component's own children
        return [
          focus.getAttribute('aria-label') ?? (words === '' ? (outer?.textContent.trim() ?? '') : words),
          visible,
        ] as const;
      });
      if (name === '') break;
      reached.add(name);
      assert.ok(visible, `the focus is seen on "${name}"`);
    }
    for (const name of ['Learning rate', 'Sample now', 'Pause', 'Stop', 'log', 'Replay', 'Time', 'Live', 'Open recipe'])
      assert.ok(reached.has(name), `"${name}" among ${[...reached].join(' | ')}`);
  });

  it('pauses with space, but not while something is typed or a button has the focus', async () => {
    const host = await monitor.showAll(recording);
    await host.page.getByRole('textbox', { name: 'Learning rate' }).focus();
    await host.page.keyboard.press('Space');
    await host.page.getByRole('button', { name: 'log' }).focus();
    await host.page.keyboard.press('Space');
    await host.settle();
    assert.equal(host.of('pause').length, 0);
    await host.page.getByRole('slider', { name: 'Time' }).focus();
    await host.page.keyboard.press('Space');
    await host.settle();
    assert.equal(host.of('pause').length, 1);
    await host.send({ type: 'run', run: recording.run, state: 'paused' });
    await host.page.locator('.pill', { hasText: 'Paused' }).waitFor();
    await host.page.keyboard.press('Space');
    await host.settle();
    assert.equal(host.of('resume').length, 1);
  });

  it('steps through the samples with arrows, to the ends with Home and End, and toggles the axis with L', async () => {
    const host = await monitor.showAll(recording);
    const at = async (step: number): Promise<void> =>
      host.page.locator(`canvas[data-row="output"][data-step="${step}"]`).waitFor();
    await host.page.getByRole('slider', { name: 'Time' }).focus();
    await host.page.keyboard.press('ArrowLeft');
    await at(last - STEPS_PER_EPOCH);
    await host.page.locator('.chart-frame').focus();
    await host.page.keyboard.press('Home');
    await at(0);
    await host.page.keyboard.press('ArrowRight');
    await at(5);
    await host.page.keyboard.press('End');
    await at(last);
    const log = host.page.getByRole('button', { name: 'log' });
    await host.page.keyboard.press('l');
    await host.settle();
    assert.equal(await log.getAttribute('aria-pressed'), 'false');
    await host.page.getByRole('radio', { name: 'step' }).focus();
    await host.page.keyboard.press('ArrowRight');
    await host.settle();
    assert.equal(
      await host.page.getByRole('radio', { name: 'epoch' }).isChecked(),
      true,
      'arrows belong to what has the focus',
    );
    assert.equal(await rowStep(host.page, 'output'), last);
  });

  it('says changes of state, not every number', async () => {
    const host = await monitor.showAll(recording);
    const spoken = host.page.locator('#monitor > .for-listeners');
    await host.send({ type: 'metrics', text: `{"step":${last + 1},"epoch":12.1,"time":9,"values":{"loss":0.08}}\n` });
    await host.settle();
    assert.equal(await spoken.innerText(), '');
    await host.send({ type: 'run', run: recording.run, state: 'paused' });
    await host.settle();
    assert.equal(await spoken.innerText(), 'Paused');
    const live = await host.page
      .locator('[aria-live]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('class')));
    assert.deepEqual(live.sort(), ['for-listeners', 'notice']);
  });

  it('moves nothing by itself where less motion is wished', async () => {
    const host = await monitor.open({ reducedMotion: 'reduce' });
    await host.page.locator('.waiting-bar.unknown > div').waitFor({ state: 'attached' });
    const moving = await host.page.evaluate(() => document.getAnimations().length);
    assert.equal(moving, 0);
  });

  for (const width of [320, 360, 520, 880, 1280])
    it(`fits ${width} pixels: nothing scrolls sideways, nothing is cut`, async () => {
      const host = await monitor.showAll(recording, { width });
      const cut = await host.page.evaluate(() => {
        const room = document.documentElement.clientWidth;
        const inside = '.header *, .section *, .timeline *';
        const beyond = [...document.querySelectorAll(inside)].filter((one) => {
          const { left, right, width: wide } = one.getBoundingClientRect();
          return wide > 0 && !one.closest('.uplot') && (left < -0.5 || right > room + 0.5);
        });
        return [
          document.documentElement.scrollWidth - room,
          ...beyond.map((one) => `${one.tagName} ${one.getAttribute('class') ?? ''}`),
        ];
      });
      assert.deepEqual(cut, [0]);
    });

  for (const [width, height] of [
    [700, 800],
    [700, 460],
    [900, 600],
    [1400, 600],
    [520, 900],
    [880, 800],
  ] as const)
    it(`shows loss and reconstructions whole at ${width} × ${height} without scrolling`, async () => {
      const host = await monitor.showAll(recording, { width, height });
      const [timeline, ...bottoms] = await host.page.evaluate(() =>
        ['.timeline', '.chart', 'canvas[data-row="error"]', '.reconstruction .picture-legend'].map((selector) => {
          const { top, bottom } = document.querySelector(selector)?.getBoundingClientRect() ?? new DOMRect();
          return selector === '.timeline' ? top : bottom;
        }),
      );
      assert.ok(
        bottoms.every((bottom) => bottom > 0 && bottom <= timeline!),
        `${bottoms.join(', ')} above ${timeline}`,
      );
      const chart = await host.page.locator('.u-over').boundingBox();
      assert.ok(chart!.height >= 90, `the curves have room: ${chart!.height}`);
    });

  const looks: [ThemeName, string][] = [
    ['dark-modern', 'dark'],
    ['light-modern', 'light'],
    ['high-contrast', 'high-contrast'],
    ['high-contrast-light', 'high-contrast-light'],
  ];
  for (const [theme, name] of looks)
    it(`takes the colours of the theme: ${name}`, async () => {
      const host = await monitor.showAll(recording, {
        theme: theme === 'dark-modern' ? 'light-modern' : 'dark-modern',
      });
      await host.theme(theme);
      await host.settle();
      const [height] = await curveHeights(host.page, [0.5]);
      assert.notEqual(height, null, 'the curve has the colour of the new theme');
      for (const [selector, property, ratio] of [
        ['.summary', 'color', 4.5],
        ['.fact-loss b', 'color', 7],
        ['.pill', 'color', 3],
        ['.link', 'color', 4.5],
        ['.legend-training i', 'border-top-color', 3],
        ['.legend-validation i', 'border-top-color', 3],
        ['.swatch-negative i', 'background-color', 3],
        ['.swatch-positive i', 'background-color', 3],
      ] as const) {
        const found = await contrast(host, selector, property);
        assert.ok(found >= ratio, `${selector}: ${found}`);
      }
      await host.page.screenshot({ path: path.join(results, `monitor-${name}-1280.png`) });
      await host.page.setViewportSize({ width: 520, height: 1800 });
      await host.settle();
      await host.page.screenshot({ path: path.join(results, `monitor-${name}-520.png`) });
    });
});

interface AxNode {
  ignored: boolean;
  role?: { value: string };
  name?: { value: string };
}

/** Contrast of one of an element's colours with the page (WCAG 2.2, contrast ratio); NaN for one that is not opaque. */
async function contrast(host: FakeHost, selector: string, property: string): Promise<number> {
  return host.page
    .locator(selector)
    .first()
    .evaluate((target, name) => {
      const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
      const ground = getComputedStyle(document.body).backgroundColor;
      const luminance = (colour: string): number => {
        if (!canvas) return 0;
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        if (canvas.getImageData(0, 0, 1, 1).data[3] !== 255) return NaN; // pictures would be brighter than their legend
        const [r = 0, g = 0, b = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((byte) => {
          const share = byte / 255;
          return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const [a, b] = [luminance(getComputedStyle(target).getPropertyValue(name)), luminance(ground)];
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }, property);
}
