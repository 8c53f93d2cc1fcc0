import './speech.js';
import { parseArgs } from 'node:util';
import { t } from '../protocol/l10n.js';
import { parseConfig, type Command, type Options } from './commands/command.js';
import { check } from './commands/check.js';
import { compare } from './commands/compare.js';
import { demo } from './commands/demo.js';
import { efficiency } from './commands/efficiency.js';
import { embed } from './commands/embed.js';
import { engines } from './commands/engines.js';
import { finetune } from './commands/finetune.js';
import { inspect } from './commands/inspect.js';
import { predict } from './commands/predict.js';
import { reproduce } from './commands/reproduce.js';
import { resume } from './commands/resume.js';
import { run } from './commands/run.js';
import { runs } from './commands/runs.js';
import { sample } from './commands/sample.js';
import { similar } from './commands/similar.js';
import { serve, WORKER } from './efficiency/worker.js';
import { Stopped, STOPPED, UserError } from './errors.js';
import { commandName, programName } from './callAgain.js';
import { Output } from './output.js';
import { versions } from './versions.js';

/** The command line, and what the extension starts. */
const commands: Command[] = [
  run,
  finetune,
  efficiency,
  resume,
  reproduce,
  compare,
  predict,
  similar,
  embed,
  check,
  inspect,
  engines,
  runs,
  sample,
  demo,
];

async function main(words: string[]): Promise<number> {
  const [name, ...rest] = words;
  if (name === WORKER && process.connected) {
    serve();
    return 0;
  }
  const output = new Output(rest.includes('--json'));
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    output.line(overview());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    output.line(versions()['pretrain-studio']);
    return 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) {
    output.error(
      new UserError(t('There is no command "{0}". There are: {1}.', name, commands.map((one) => one.name).join(', ')), {
        advice: t('"{0} help" says what they do.', programName()),
      }),
    );
    return 2;
  }
  try {
    const { values, positionals } = parse(command, rest);
    if (values['help'] === true) {
      output.line(help(command));
      return 0;
    }
    checkWords(command, positionals);
    return await command.run(positionals, values, output);
  } catch (error) {
    output.error(error);
    return error instanceof Stopped ? STOPPED : 1;
  }
}

function parse(command: Command, args: string[]): { values: Options; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: parseConfig(command.options) ?? {},
      allowPositionals: true,
    });
    return { values: values as Options, positionals };
  } catch (error) {
    throw new UserError(`${error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)}.`, {
      advice: t('"{0} --help" lists the options.', commandName(command.name, programName())),
    });
  }
}

/** @throws UserError when there are too few, or naming those that are too many. */
function checkWords({ name, usage, words: [least, most] }: Command, words: string[]): void {
  const extra = words.slice(most).map((word) => `"${word}"`);
  if (words.length >= least && extra.length === 0) return;
  const told = [
    ...(extra.length > 0 ? [t('"{0}" has no use for {1}.', commandName(name), extra.join(', '))] : []),
    t('Usage: {0}.', `${commandName(name)} ${usage}`.trim()),
  ];
  throw new UserError(told.join(' '), {
    advice: t('"{0} --help" says more.', commandName(name, programName())),
  });
}

function overview(): string {
  const width = Math.max(...commands.map(({ name, usage }) => name.length + usage.length + 1));
  return [
    t('Pretrain models on your own data. Nothing leaves this machine.'),
    '',
    t('Usage: pretrain COMMAND ...'),
    '',
    ...commands.map(({ name, usage, summary }) => `  ${`${name} ${usage}`.padEnd(width)}  ${summary}`),
    '',
    t('"pretrain COMMAND --help" shows the options of one and an example.'),
  ].join('\n');
}

function help({ name, usage, summary, options, example }: Command): string {
  const rows = Object.entries(options).map(([option, { value, summary }]): [string, string] => [
    `--${option}${value === undefined ? '' : ` ${value}`}`,
    summary,
  ]);
  const width = Math.max(0, ...rows.map(([option]) => option.length));
  return [
    summary,
    '',
    t('Usage: {0}', `${commandName(name)} ${usage}`.trim()),
    '',
    ...rows.map(([option, text]) => `  ${option.padEnd(width)}  ${text}`),
    '',
    t('Example: {0}', example.replace(`pretrain ${name}`, commandName(name))),
  ].join('\n');
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
