import type { ToMonitor } from '../src/protocol/monitor.js';

/** What VS Code puts into a webview's page. */
interface VsCodeApi<Sent> {
  postMessage(message: Sent): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi<Sent>(): VsCodeApi<Sent>;

const MESSAGES: readonly string[] = [
  'show',
  'run',
  'metrics',
  'events',
  'sample',
  'examples',
  'live',
  'progress',
  'failed',
];

/** The way to the extension host, and what outlives this page. */
export class Host<Received, Sent> {
  private readonly api = acquireVsCodeApi<Sent>();

  constructor(isReceived: (data: unknown) => data is Received, onMessage: (message: Received) => void) {
    window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (isReceived(data)) onMessage(data);
    });
  }

  send(message: Sent): void {
    this.api.postMessage(message);
  }

  get kept(): unknown {
    return this.api.getState();
  }

  keep(state: object): void {
    this.api.setState(state);
  }
}

/** The host is trusted; what else talks to the page, e.g. a browser extension, is not meant for us. */
export function isMessage(data: unknown): data is ToMonitor {
  return typeof data === 'object' && data !== null && 'type' in data && MESSAGES.includes(String(data.type));
}
