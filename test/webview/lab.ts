import { buildMonitor, MonitorLab } from './page.js';

let lab: Promise<MonitorLab> | undefined;

/** One bundle and one browser for all files of this folder. */
export function sharedLab(): Promise<MonitorLab> {
  lab ??= buildMonitor().then(() => MonitorLab.start());
  return lab;
}

after(async () => {
  await (await lab)?.stop();
});
