import net from 'node:net';
import { t } from '../protocol/l10n.js';
import { Channel, type LineStream } from '../protocol/channel.js';
import type { RunRecord } from '../protocol/run.js';
import type { TrainerPush, TrainerRequest } from '../protocol/trainer.js';
import { Listeners } from './listeners.js';
import { reason } from './message.js';
import { RunFolderError, asRunRecord } from './runFolder.js';

/** No trainer at the address. `gone` when that is certain: nobody listens there. */
export class NoTrainerError extends Error {
  constructor(
    message: string,
    readonly gone: boolean,
  ) {
    super(message);
    this.name = 'NoTrainerError';
  }
}

type TrainerChannel = Channel<TrainerRequest, never, never, TrainerPush>;

/**
 * A connection to a living trainer. `offsets` follow the pushes, so that whoever joins later knows how far the files
 * reach at that moment: one connection serves all who show the run.
 */
export class TrainerLink {
  readonly pushed = new Listeners<TrainerPush>();
  readonly closed = new Listeners<void>();
  isClosed = false;

  private constructor(
    private readonly channel: TrainerChannel,
    public run: RunRecord,
    readonly offsets: { metrics: number; events: number },
  ) {}

  /** @throws NoTrainerError when nobody listens at the address or no trainer answers within `timeout` milliseconds. */
  static connect(address: string, timeout = 3000): Promise<TrainerLink> {
    return new Promise((resolve, reject) => {
      let socket: net.Socket;
      try {
        socket = net.connect({ path: address });
      } catch (error) {
        reject(new NoTrainerError(t('No trainer listens at {0}: {1}', address, reason(error)), true)); // no address
        return;
      }
      let link: TrainerLink | null = null;
      const fail = (message: string, gone: boolean) => {
        clearTimeout(timer);
        socket.destroy();
        reject(new NoTrainerError(message, gone));
      };
      const timer = setTimeout(() => fail(t('The trainer at {0} does not answer.', address), false), timeout);
      socket.on('error', (error: NodeJS.ErrnoException) => {
        if (link === null)
          fail(
            t('No trainer listens at {0}: {1}', address, error.message),
            error.code === 'ECONNREFUSED' || error.code === 'ENOENT',
          );
      });
      const channel: TrainerChannel = new Channel(lineStream(socket), {
        onPush: (push) => {
          if (link !== null) {
            link.receive(push);
            return;
          }
          let hello: Hello;
          try {
            hello = asHello(push, address);
          } catch (error) {
            fail(reason(error), !(error instanceof RunFolderError));
            return;
          }
          clearTimeout(timer);
          link = new TrainerLink(channel, hello.run, { ...hello.offsets });
          resolve(link);
        },
        onClose: () => (link === null ? fail(t('The trainer at {0} hung up.', address), true) : link.end()),
      });
    });
  }

  /** Resolves when the trainer did it. @throws Error with the trainer's reason, or when it ends first. */
  async request(request: TrainerRequest): Promise<void> {
    await this.channel.request(request);
  }

  close(): void {
    this.channel.close();
  }

  private receive(push: TrainerPush): void {
    if (push.type === 'run') this.run = push.run;
    else if (push.type === 'metrics' || push.type === 'events') {
      for (const line of push.lines) this.offsets[push.type] += Buffer.byteLength(line) + 1;
    }
    this.pushed.fire(push);
  }

  private end(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.closed.fire();
  }
}

type Hello = Extract<TrainerPush, { type: 'hello' }>;

/** What is said first is not believed: the address may be anything's. @throws MessageError when it is no trainer's. */
function asHello(push: unknown, address: string): Hello {
  const { type, run, offsets } = (push ?? {}) as Partial<Record<keyof Hello, unknown>>;
  const { metrics, events } = (offsets ?? {}) as Partial<Record<keyof Hello['offsets'], unknown>>;
  if (type !== 'hello' || typeof metrics !== 'number' || typeof events !== 'number') {
    throw new Error(t('What listens at {0} is not a trainer.', address));
  }
  return { type, run: asRunRecord(run, address), offsets: { metrics, events } };
}

function lineStream(socket: net.Socket): LineStream {
  socket.setEncoding('utf8');
  return {
    write: (text) => void socket.write(text),
    onData: (listener) => void socket.on('data', (data) => listener(String(data))),
    onClose: (listener) => void socket.on('close', listener),
    close: () => void socket.destroy(),
  };
}
