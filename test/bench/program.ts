import { execFile } from 'node:child_process';

/** Runs a program and resolves to what it printed; its own errors end the benchmark with its last words. */
export function output(program: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { env: { ...process.env, ...env }, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error)
        reject(
          new Error(
            `${program} ${args.join(' ')} failed: ${stderr.trim().split('\n').slice(-5).join('\n') || error.message}`,
          ),
        );
      else resolve(stdout);
    });
  });
}

/** The last line of a program's output, as JSON. */
export async function json<T>(program: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<T> {
  const text = await output(program, args, env);
  return JSON.parse(text.trim().split('\n').pop() ?? '') as T;
}
