/**
 * Requests and pushes over a stream of lines, one JSON object a line: { id, request } is answered by { id, reply } or
 * { id, failure }; { push } stands alone. Each request is answered, also when its handler throws or the stream ends.
 */

/** The part of a socket, pipe or process that is needed. */
export interface LineStream {
  write(text: string): void;
  onData(listener: (text: string) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

/** Characters of a line. One that is longer is not one of ours: the peer is cut off rather than filling the memory. */
const MAX_LINE_LENGTH = 16 * 1024 * 1024;

export interface ChannelHandlers<Request, Push> {
  /** Answers a request of the other side; what it throws is sent back as the failure. */
  onRequest?: (request: Request) => unknown;
  onPush?: (push: Push) => void;
  onClose?: () => void;
}

export class Channel<RequestOut, RequestIn, PushOut, PushIn> {
  private readonly waiting = new Map<number, { resolve: (reply: unknown) => void; reject: (error: Error) => void }>();
  private nextId = 1;
  /** Of the line that has not ended yet; joined only at its end, so that each character is looked at once. */
  private pieces: string[] = [];
  private piecesLength = 0;
  private closed = false;

  constructor(
    private readonly stream: LineStream,
    private readonly handlers: ChannelHandlers<RequestIn, PushIn>,
  ) {
    stream.onData((text) => this.receive(text));
    stream.onClose(() => this.end());
  }

  /** Resolves to the reply; rejects with the other side's failure, or when the channel ends first. */
  request(request: RequestOut): Promise<unknown> {
    if (this.closed) return Promise.reject(new Error('The trainer is no longer running.'));
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.send({ id, request });
    });
  }

  push(push: PushOut): void {
    if (!this.closed) this.send({ push });
  }

  close(): void {
    this.stream.close();
    this.end();
  }

  private send(message: object): void {
    this.stream.write(JSON.stringify(message) + '\n');
  }

  private receive(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0 && !this.closed; end = text.indexOf('\n', from)) {
      this.gather(text.slice(from, end));
      const line = this.pieces.join('');
      this.pieces = [];
      this.piecesLength = 0;
      if (line !== '') this.handle(line);
      from = end + 1;
    }
    if (!this.closed) this.gather(text.slice(from));
  }

  private gather(piece: string): void {
    this.piecesLength += piece.length;
    if (this.piecesLength > MAX_LINE_LENGTH) return this.close();
    if (piece !== '') this.pieces.push(piece);
  }

  private handle(line: string): void {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      return this.close(); // not our protocol: talking on would misread everything that follows
    }
    if (typeof message !== 'object' || message === null) return this.close();
    const { id, request, reply, failure, push } = message as Record<string, unknown>;
    if (push !== undefined) this.handlers.onPush?.(push as PushIn);
    else if (request !== undefined && typeof id === 'number') void this.answer(id, request as RequestIn);
    else if (typeof id === 'number') {
      const waiting = this.waiting.get(id);
      this.waiting.delete(id);
      if (typeof failure === 'string') waiting?.reject(new Error(failure));
      else waiting?.resolve(reply);
    }
  }

  private async answer(id: number, request: RequestIn): Promise<void> {
    try {
      if (!this.handlers.onRequest) throw new Error('This side takes no requests.');
      const reply = await this.handlers.onRequest(request);
      if (!this.closed) this.send({ id, reply: reply ?? null });
    } catch (error) {
      if (!this.closed) this.send({ id, failure: error instanceof Error ? error.message : String(error) });
    }
  }

  private end(): void {
    if (this.closed) return;
    this.closed = true;
    this.pieces = [];
    for (const { reject } of this.waiting.values()) reject(new Error('The trainer ended before it answered.'));
    this.waiting.clear();
    this.handlers.onClose?.();
  }
}
