const path = require('node:path');

/** Three processes, three bundles: see HOUSE in CONTRIBUTING.md. */
const dist = path.resolve(__dirname, 'dist');
const typescript = { test: /\.ts$/, loader: 'esbuild-loader', options: { target: 'es2022' }, exclude: /node_modules/ };
const resolve = { extensions: ['.ts', '.js'], extensionAlias: { '.js': ['.ts', '.js'] } };
const quiet = { stats: 'errors-warnings', performance: { hints: false } };

const node = {
  ...quiet,
  target: 'node20',
  devtool: 'source-map',
  module: { rules: [typescript] },
  node: { __dirname: false, __filename: false },
};

module.exports = (_env, { mode = 'production' }) => [
  {
    ...node,
    mode,
    name: 'host',
    entry: { extension: './src/extension.ts' },
    resolve: { ...resolve, mainFields: ['module', 'main'] },
    externals: { vscode: 'commonjs vscode' },
    output: { path: dist, filename: '[name].js', library: { type: 'commonjs2' } },
  },
  {
    ...node,
    mode,
    name: 'trainer',
    entry: { trainer: './src/trainer/main.ts' },
    resolve: {
      ...resolve,
      // One copy of the core for all back ends: they register their kernels with it.
      alias: {
        '@tensorflow/tfjs$': '@tensorflow/tfjs-core',
        '@tensorflow/tfjs-core$': path.resolve(__dirname, 'node_modules/@tensorflow/tfjs-core/dist/tf-core.node.js'),
      },
      mainFields: ['main'],
    },
    output: { path: dist, filename: '[name].js' },
  },
  {
    ...quiet,
    mode,
    name: 'webview',
    target: 'web',
    devtool: 'source-map',
    entry: { monitor: './webview/monitor.ts' },
    module: { rules: [typescript] },
    resolve,
    output: { path: dist, filename: '[name].js' },
  },
];
