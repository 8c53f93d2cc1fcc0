const { chmodSync } = require('node:fs');
const path = require('node:path');
const CopyPlugin = require('copy-webpack-plugin');
const { BannerPlugin } = require('webpack');

/** Three processes, three bundles: see CONTRIBUTING.md. */
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

/** Lets a written file be run as a program. */
function executable(name) {
  return {
    apply: ({ hooks }) =>
      hooks.afterEmit.tap('executable', ({ outputOptions }) => chmodSync(path.join(outputOptions.path, name), 0o755)),
  };
}

module.exports = (_env, { mode = 'production' }) => [
  {
    ...node,
    mode,
    name: 'host',
    entry: { extension: './src/extension.ts' },
    resolve: { ...resolve, mainFields: ['module', 'main'] },
    externals: { vscode: 'commonjs vscode' },
    output: {
      path: dist,
      filename: '[name].js',
      chunkFilename: 'extension-[id].js',
      library: { type: 'commonjs2' },
    },
    plugins: [
      new CopyPlugin({ patterns: ['recipe.schema.json', 'editor.schema.json'].map((name) => `src/recipe/${name}`) }),
    ],
  },
  {
    ...node,
    mode,
    name: 'trainer',
    entry: {
      trainer: './src/trainer/main.ts',
      worker: './src/data/work/worker.ts',
      layout: './src/trainer/layout/worker.ts',
    },
    resolve: {
      ...resolve,
      // tfjs-node's classes extend the core's as ES5 does, so every back end gets the core's ES5 build, and only that.
      alias: {
        '@tensorflow/tfjs$': '@tensorflow/tfjs-core',
        'jsonc-parser$': 'jsonc-parser/lib/esm/main.js', // its "main" hides its imports from webpack
      },
      mainFields: ['main'],
    },
    output: { path: dist, filename: '[name].js', chunkFilename: 'trainer-[id].js' },
    // node-fetch, which TensorFlow.js never calls here, can do without it.
    ignoreWarnings: [/Can't resolve 'encoding'/],
    plugins: [
      // package.json names it as the program "pretrain".
      new BannerPlugin({ banner: '#!/usr/bin/env node', raw: true, include: 'trainer.js' }),
      executable('trainer.js'),
      new CopyPlugin({
        patterns: [
          { from: 'node_modules/@tensorflow/tfjs-backend-wasm/dist/*.wasm', to: 'wasm/[name][ext]' },
          { from: 'node_modules/@cwasm/*/*.wasm', to: 'wasm/[name][ext]' },
        ],
      }),
    ],
  },
  {
    ...quiet,
    mode,
    name: 'webview',
    target: 'web',
    devtool: 'source-map',
    entry: {
      monitor: './webview/monitor.ts',
      inspection: './webview/inspect/inspection.ts',
      efficiency: './webview/efficiency/efficiency.ts',
      use: './webview/use/use.ts',
      comparison: './webview/compare/comparison.ts',
    },
    module: { rules: [typescript, { test: /\.css$/, type: 'asset/source' }] },
    resolve,
    output: { path: dist, filename: '[name].js' },
  },
];
