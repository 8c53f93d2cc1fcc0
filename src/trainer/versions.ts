import manifest from '../../package.json';

/** What can change a result, besides recipe, data and seed. The engine's own version stands with the engine. */
export function versions(): Record<string, string> {
  return {
    'pretrain-studio': manifest.version,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
  };
}
