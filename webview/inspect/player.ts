import { icon, setIcon } from '../dom.js';
import { say } from '../strings.js';
import { createButton } from '../ui.js';

export interface Playable {
  samples: Float32Array<ArrayBuffer>;
  /** In Hz. */
  rate: number;
}

let context: AudioContext | null = null;
let stopCurrent: (() => void) | null = null;

/**
 * A button that plays a sound, or stops it; one sound plays at a time.
 * @param onProgress gets 0..1 while it plays, null when it has ended
 */
export function playButton(
  name: string,
  { samples, rate }: Playable,
  onProgress: (share: number | null) => void,
): HTMLElement {
  let stop: (() => void) | null = null;
  const picture = icon('play');
  const button = createButton({ label: say('playSound', name), icon: picture, onClick: () => (stop ?? play)() });

  const play = (): void => {
    stopCurrent?.();
    context ??= new AudioContext();
    void context.resume();
    const buffer = context.createBuffer(1, samples.length, rate);
    buffer.copyToChannel(samples, 0);
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    const began = context.currentTime;
    let frame = 0;
    const follow = (): void => {
      onProgress(Math.min(1, ((context?.currentTime ?? began) - began) / buffer.duration));
      frame = requestAnimationFrame(follow);
    };
    stop = () => {
      cancelAnimationFrame(frame);
      source.onended = null;
      source.stop();
      stop = stopCurrent = null;
      setIcon(picture, 'play');
      button.setLabel(say('playSound', name));
      onProgress(null);
    };
    source.onended = stop;
    stopCurrent = stop;
    setIcon(picture, 'square');
    button.setLabel(say('stopSound', name));
    source.start();
    follow();
  };
  return button.element;
}
