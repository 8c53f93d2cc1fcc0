import { statSync } from 'node:fs';
import type { Row } from './table.js';

/** Bytes that VS Code loads for the extension host. */
export function hostBundle(): Promise<Row[]> {
  const size = (file: string) => statSync(file).size / 1000;
  const host = size('dist/extension.js');
  return Promise.resolve([
    {
      what: 'extension host bundle',
      value: `${host.toFixed(0)} kB`,
      target: { text: 'at most 250 kB', reached: host <= 250 },
    },
    { what: 'monitor bundle', value: `${size('dist/monitor.js').toFixed(0)} kB` },
  ]);
}
