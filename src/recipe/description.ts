/** How encoders and methods describe themselves, so that the schema, the palette and the reference derive from one text. */

export type JsonType = 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null';

/** A whole value as it stands in JSON. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * The part of JSON Schema (draft-07: Wright et al. 2018, "JSON Schema Validation") that recipes use, with the additions
 * of VS Code's JSON language (markdownDescription, defaultSnippets, ...), which validators pass over.
 */
export interface JsonSchema {
  $schema?: string;
  $ref?: string;
  title?: string;
  description?: string;
  markdownDescription?: string;
  type?: JsonType | JsonType[];
  enum?: Json[];
  enumDescriptions?: string[];
  markdownEnumDescriptions?: string[];
  const?: Json;
  default?: Json;
  examples?: Json[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  /** Said instead of the pattern, by VS Code and by us. */
  patternErrorMessage?: string;
  items?: JsonSchema;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, JsonSchema | true>;
  required?: string[];
  additionalProperties?: boolean;
  anyOf?: JsonSchema[];
  allOf?: JsonSchema[];
  if?: JsonSchema;
  then?: JsonSchema;
  defaultSnippets?: Snippet[];
  allowComments?: boolean;
  allowTrailingCommas?: boolean;
}

/** A completion of the editor; in `body`, "${1:relu}" is a place to fill in and "^${1:100}" one without quotes. */
export interface Snippet {
  label: string;
  description: string;
  body: Json;
  /** Of a whole recipe: the kinds of data that its method learns from; missing where any will do. VS Code passes over it. */
  kinds?: readonly string[];
  /** Likewise of a whole recipe: {@link MethodDescription.starts}. */
  starts?: Starts;
}

export interface Paper {
  /** e.g. "Hinton & Salakhutdinov". */
  authors: string;
  year: number;
  title: string;
}

/** One choice among encoders or methods. */
export interface Description {
  /** As written in a recipe, e.g. "autoencoder". */
  name: string;
  /** For people, e.g. "Autoencoder". */
  title: string;
  /** Plain words: what it does and when to take it. One or two short sentences. */
  summary: string;
  paper: Paper | null;
  /**
   * Its own properties in the recipe. Each has a default and a description; names must not be those of properties that
   * all choices share.
   */
  options: Record<string, JsonSchema>;
}

/** Stands in a recipe's "encoder", its options beside "type". */
export type EncoderDescription = Description;

/** Stands in a recipe's "pretrain", its options beside "method". */
export interface MethodDescription extends Description {
  /** Missing for a method that any data and any encoder do for. */
  needs?: Needs;
  starts?: Starts;
}

/** By the kind of data what a new recipe has where the defaults would be a poor start. */
export type Starts = Readonly<Partial<Record<'image' | 'sound' | 'text' | 'table', Start>>>;

export interface Start {
  encoder: Readonly<Record<string, Json> & { type: string }>;
  pretrain?: Readonly<Record<string, Json>>;
}

/** What a method cannot do without. A new recipe has it, and the method is offered for no other data. */
export interface Needs {
  /** Kinds of data that it learns from, e.g. "image". */
  kinds: readonly string[];
  /** The one encoder that it trains, e.g. "patchTransformer", with options that must not be the defaults. */
  encoder: Readonly<Record<string, Json> & { type: string }>;
  /** What the recipe's `data` must say besides the path. */
  data?: Readonly<Record<string, Json>>;
}

/** Stands in a recipe's "finetune", its options beside "mode". */
export type ModeDescription = Description;
