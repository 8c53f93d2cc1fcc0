/** The theme's colours as canvases need them, read from the custom properties of monitor.css. */
export interface Theme {
  background: string;
  foreground: string;
  muted: string;
  grid: string;
  accent: string;
  training: string;
  validation: string;
  /** Red, green, blue 0..255 of the two directions of an error or a weight, and of the ground between them. */
  negative: Rgb;
  positive: Rgb;
  ground: Rgb;
  /** Ten colours of groups that colour-blind people tell apart. */
  groups: string[];
  isHighContrast: boolean;
  fontFamily: string;
  fontSize: number;
}

export type Rgb = readonly [number, number, number];

export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  return {
    background: colour('--monitor-background'),
    foreground: colour('--monitor-foreground'),
    muted: colour('--monitor-muted'),
    grid: colour('--monitor-grid'),
    accent: colour('--monitor-accent'),
    training: colour('--monitor-training'),
    validation: colour('--monitor-validation'),
    negative: rgb(colour('--monitor-negative')),
    positive: rgb(colour('--monitor-positive')),
    ground: rgb(colour('--monitor-ground')),
    groups: Array.from({ length: 10 }, (_, i) => colour(`--monitor-group-${i}`)),
    isHighContrast: document.body.classList.contains('vscode-high-contrast'),
    fontFamily: style.fontFamily,
    fontSize: parseFloat(style.fontSize) || 13,
  };
}

/** The custom properties `prefix`-0, `prefix`-1, ... */
export function readColours(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => colour(`${prefix}-${index}`));
}

/** Calls back after the editor has changed the theme. */
export function onThemeChange(listener: () => void): void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, {
    attributes: true,
    attributeFilter: ['class', 'data-vscode-theme-kind', 'data-vscode-theme-id', 'data-vscode-theme-name'],
  });
}

let probe: HTMLElement | undefined;

/** A custom property, with everything it refers to, as one plain colour. */
function colour(property: string): string {
  if (!probe) {
    probe = document.createElement('span');
    probe.hidden = true;
    document.body.append(probe);
  }
  probe.style.color = `var(${property})`;
  return getComputedStyle(probe).color;
}

let pixel: CanvasRenderingContext2D | null = null;

function rgb(value: string): Rgb {
  pixel ??= document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!pixel) return [128, 128, 128];
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = value;
  pixel.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = pixel.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
