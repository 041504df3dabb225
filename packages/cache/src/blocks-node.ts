/** Octets of a file that are in memory at once; a block lies at a multiple of it. */
export const blockSize = 65_536;
/** Octets of all files together that stay in memory for readers who nearly keep up with each other. */
const keptBytes = 8 << 20;
/** Blocks without content that wait for some. */
const mostSpare = 64;

/** One block of a file: in memory, or on its way there. */
export class Block {
  readonly octets: Uint8Array;
  /** until it is in memory */
  ready: Promise<void> | undefined;
  /** who fills it, and who has a piece of it and hasn't given it back */
  users = 1;
  /** the piece that was asked for last */
  given: { readonly first: number; readonly length: number; readonly piece: Uint8Array } | undefined;
  /** the blocks of its file by number, while it is one of them */
  home: Map<number, Block> | undefined;
  readonly number: number;

  constructor(octets: Uint8Array, number: number) {
    this.octets = octets;
    this.number = number;
  }
}

const byBuffer = new WeakMap<ArrayBufferLike, Block>();
const spare: Uint8Array[] = [];
/** the oldest first */
const kept = new Set<Block>();

/**
 * A block to fill; whoever does gives its octets back when they are in their place. Its memory may have been another's:
 * the system takes back what the collector of garbage frees only after some 64 MB, which a crowd of readers of one file
 * makes in no time.
 */
export function newBlock(number: number): Block {
  const block = new Block(spare.pop() ?? Buffer.allocUnsafeSlow(blockSize), number);
  byBuffer.set(block.octets.buffer, block);
  return block;
}

/** Makes a filled block one of its file's, for other readers to find, until newer ones of any file need its place. */
export function keepBlock(block: Block, home: Map<number, Block>): void {
  block.home = home;
  home.set(block.number, block);
  kept.add(block);
  if (kept.size <= keptBytes / blockSize) return;
  const [oldest] = kept;
  forgetBlock(oldest!);
}

/** Takes a block out of its file's; its memory is used again when nobody has a piece of it. */
export function forgetBlock(block: Block): void {
  if (block.home?.get(block.number) === block) block.home.delete(block.number);
  block.home = undefined;
  kept.delete(block);
  reuse(block);
}

/**
 * A piece of a block, from `first` on, of at most `length` octets, once it is in memory. Whoever asks is one of its users
 * from now on.
 */
export function pieceOf(block: Block, first: number, length: number): Uint8Array | Promise<Uint8Array> {
  block.users++;
  const piece = (): Uint8Array => {
    // readers that keep up with each other want the same
    if (block.given?.first !== first || block.given.length !== length)
      block.given = { first, length, piece: block.octets.subarray(first, first + length) };
    return block.given.piece;
  };
  return block.ready === undefined ? piece() : block.ready.then(piece);
}

/**
 * Gives a piece of a block back, as whoever has it does not look at it any more. A piece that is never given back keeps
 * its block from being used again, nothing worse.
 * @param octets any; what is no piece of a block is left alone
 */
export function giveBack(octets: Uint8Array): void {
  const block = byBuffer.get(octets.buffer);
  if (block === undefined) return;
  block.users--;
  if (block.home === undefined) reuse(block);
}

function reuse(block: Block): void {
  if (block.users > 0 || spare.length >= mostSpare || !byBuffer.delete(block.octets.buffer)) return;
  spare.push(block.octets);
}
