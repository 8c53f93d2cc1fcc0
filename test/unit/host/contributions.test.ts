import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  COMPARISON,
  Command,
  ContextKey,
  EFFICIENCY,
  INSPECTION,
  MONITOR,
  RECIPE_ENDING,
  RECIPE_LANGUAGE,
  Setting,
  TASK_TYPE,
  View,
  WALKTHROUGH,
} from '../../../src/host/contributions.js';
import { modes } from '../../../src/host/methods.js';
import { bundleOf, textsOf } from '../../../scripts/texts.mjs';

const root = path.join(import.meta.dirname, '..', '..', '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;
const { contributes } = manifest;
const menuItems = Object.entries(contributes.menus).flatMap(([menu, items]) =>
  items.map((item) => ({ menu, ...item })),
);

interface Manifest {
  activationEvents: string[];
  icon: string;
  capabilities: Record<string, { supported: unknown; description: string }>;
  contributes: {
    commands: { command: string; title: string; category: string }[];
    menus: Record<string, { command: string; when?: string }[]>;
    views: Record<string, { id: string }[]>;
    viewsContainers: { activitybar: { id: string; icon: string }[] };
    viewsWelcome: { view: string }[];
    configuration: { properties: Record<string, unknown> };
    taskDefinitions: { type: string; properties: Record<string, { enum?: string[] }> }[];
    walkthroughs: { id: string; steps: { media: { markdown: string }; completionEvents: string[] }[] }[];
    languages: {
      id: string;
      filenamePatterns: string[];
      configuration: string;
      icon: Record<'light' | 'dark', string>;
    }[];
    grammars: { language: string; scopeName: string; path: string }[];
    jsonLanguageParticipants: { languageId: string; comments: boolean }[];
    jsonValidation: { fileMatch: string; url: string }[];
  };
}

const sorted = (values: Iterable<string>) => [...values].sort();

describe('The manifest', () => {
  it('contributes exactly the commands that the code names', () => {
    assert.deepEqual(sorted(contributes.commands.map(({ command }) => command)), sorted(Object.values(Command)));
  });

  it('contributes the views, settings, task type and walkthrough that the code names', () => {
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      [View.container],
    );
    assert.deepEqual(
      sorted(contributes.views[View.container]?.map(({ id }) => id) ?? []),
      sorted([View.datasets, View.recipes, View.runs]),
    );
    assert.deepEqual(sorted(Object.keys(contributes.configuration.properties)), sorted(Object.values(Setting)));
    assert.deepEqual(
      contributes.taskDefinitions.map(({ type }) => type),
      [TASK_TYPE],
    );
    assert.deepEqual(
      contributes.walkthroughs.map(({ id }) => id),
      [WALKTHROUGH],
    );
    for (const panel of [MONITOR, INSPECTION, EFFICIENCY, COMPARISON])
      assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${panel}`), panel);
  });

  it('has only menu entries, welcome links and walkthrough steps of commands and views that there are', () => {
    const commands = new Set<string>(Object.values(Command));
    for (const { menu, command } of menuItems) assert.ok(commands.has(command), `${menu}: ${command}`);
    for (const { view } of contributes.viewsWelcome)
      assert.ok(view !== View.container && Object.values<string>(View).includes(view), view);
    const links = [...read('package.nls.json').matchAll(/command:(pretrain\.\w+)/g)].map(
      ([, command]) => command ?? '',
    );
    assert.ok(links.length > 0);
    for (const link of links) assert.ok(commands.has(link), link);
    for (const step of contributes.walkthroughs.flatMap(({ steps }) => steps)) {
      for (const event of step.completionEvents) assert.ok(commands.has(event.replace('onCommand:', '')), event);
    }
  });

  it('asks only for context keys that the code sets', () => {
    const clauses = menuItems.map(({ when }) => when ?? '').join(' ');
    const asked = new Set([...clauses.matchAll(/\bpretrain\.\w+/g)].map(([key]) => key));
    for (const view of Object.values(View)) asked.delete(view);
    assert.deepEqual(sorted(asked), sorted(Object.values(ContextKey)));
  });

  it('offers for a run what its state allows, and to start from it where it has a checkpoint', () => {
    const offered = (viewItem: string) =>
      sorted(
        menuItems
          .filter(({ menu, when = '' }) => menu === 'view/item/context' && when.startsWith(`view == ${View.runs} `))
          .filter(({ when = '' }) => new RegExp(/=~ \/(.+)\/$/.exec(when)?.[1] ?? '$^').test(viewItem))
          .map(({ command }) => command),
      );
    for (const state of ['preparing', 'running', 'paused', 'stopped', 'completed', 'failed', 'interrupted']) {
      const without = offered(`run.${state}`);
      assert.ok(without.includes(Command.openMonitor) && !without.includes(Command.fineTune), state);
      // Twice: beside the run, and in its menu.
      assert.deepEqual(
        offered(`run.${state}.encoder`),
        sorted([
          ...without,
          ...[Command.fineTune, Command.fineTune, Command.measureEfficiency, Command.findSimilar, Command.embed],
        ]),
        state,
      );
      // A fine-tuned network has codes, and predicts.
      assert.deepEqual(
        offered(`run.${state}.predicts`),
        sorted([...without, Command.predict, Command.findSimilar, Command.embed]),
        state,
      );
      assert.ok(offered(`run.${state}.encoder.predicts`).includes(Command.predict), state);
    }
    assert.deepEqual(sorted(new Set(offered('run.completed'))), [
      Command.compareRuns,
      Command.deleteRun,
      Command.openMonitor,
      Command.openRecipe,
      Command.openRunFolder,
      Command.reproduce,
    ]);
    assert.ok(offered('run.stopped').includes(Command.resume) && offered('run.running').includes(Command.stop));
    assert.deepEqual(offered('efficiency'), [Command.measureEfficiency]);
    assert.deepEqual(offered('run.unreadable'), sorted([Command.openRunFolder, Command.deleteRun]));
  });

  it('knows for tasks the modes of fine-tuning that there are', async () => {
    const names = (await modes()).map(({ name }) => name);
    assert.deepEqual(contributes.taskDefinitions[0]?.properties['mode']?.enum, names);
  });

  it('names only files that there are', () => {
    const files = [
      manifest.icon,
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...contributes.languages.flatMap(({ configuration, icon }) => [configuration, icon.light, icon.dark]),
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown)),
    ];
    for (const file of files) assert.ok(existsSync(path.join(root, file)), file);
  });

  it('makes recipes a language of their own, in which VS Code completes and explains as in JSON with comments', () => {
    const [language] = contributes.languages;
    assert.deepEqual([language?.id, language?.filenamePatterns], [RECIPE_LANGUAGE, [`*${RECIPE_ENDING}`]]);
    assert.deepEqual(contributes.jsonLanguageParticipants, [{ languageId: RECIPE_LANGUAGE, comments: true }]);
    assert.deepEqual(contributes.jsonValidation, [
      { fileMatch: `*${RECIPE_ENDING}`, url: './dist/editor.schema.json' },
    ]);
    assert.deepEqual(
      contributes.grammars.map(({ language: id, scopeName }) => [id, scopeName]),
      [[RECIPE_LANGUAGE, (JSON.parse(read(contributes.grammars[0]?.path ?? '')) as { scopeName: string }).scopeName]],
    );
  });

  it('activates by nothing that other files or every start of VS Code cause', () => {
    const broad = manifest.activationEvents.filter((event) => /^(\*|onLanguage:|onStartupFinished)/.test(event));
    assert.deepEqual(broad, []);
  });

  it('says what does not work without trust and in virtual workspaces', () => {
    assert.equal(manifest.capabilities['untrustedWorkspaces']?.supported, 'limited');
    assert.equal(manifest.capabilities['virtualWorkspaces']?.supported, false);
  });

  it('has a text for each of its keys, and no key too many', () => {
    const used = new Set([...read('package.json').matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key ?? ''));
    assert.deepEqual(sorted(Object.keys(JSON.parse(read('package.nls.json')) as object)), sorted(used));
  });
});

describe('The translations', () => {
  const sources = path.join(root, 'src');

  it('can be made from l10n/bundle.l10n.json alone: each text of sources and monitor is there', () => {
    assert.deepEqual(JSON.parse(read('l10n/bundle.l10n.json')), bundleOf(sources), 'Run "npm run generate".');
  });

  it('find each text as a literal', () => {
    assert.deepEqual(textsOf(sources).others, []);
  });
});
