/** Sentences from a small grammar, each with the intent of who says it: sample data for language. */
import { stream, type RandomStream } from '../../protocol/random.js';

/** A wish to a household assistant. Symbols in braces are replaced by one of their productions. */
const INTENTS: Readonly<Record<string, readonly string[]>> = {
  alarm: [
    '{please} wake me {when}',
    'set {an alarm} {when}',
    'i must get up {when} , {help}',
    '{an alarm} {when} please',
  ],
  lights: [
    '{please} turn {onoff} the lights in {room}',
    '{room} is {dark}',
    'it is {dark} in {room} , {help}',
    'make {room} {dark}',
  ],
  music: [
    '{please} play {song}',
    'i want to hear {song} in {room}',
    '{song} is {opinion} , turn it up',
    'turn {onoff} {song}',
  ],
  reminder: [
    '{please} remind me to {task} {when}',
    'i must not forget to {task}',
    'i must {task} {when} , {help}',
    'set a reminder {when}',
  ],
  shopping: [
    '{please} put {food} on the list',
    'we are out of {food}',
    'i want {food} {when}',
    'buy {food} , {food} and {food}',
  ],
  temperature: [
    '{please} turn {onoff} the heating in {room}',
    '{room} is {cold}',
    'it is {cold} in {room} , {help}',
    'make {room} {cold}',
  ],
  travel: [
    '{please} find a train to {city} {when}',
    'how do i get to {city} {when}',
    'i must be in {city} {when} , {help}',
    'is the road to {city} {dark}',
  ],
  weather: [
    'will it rain in {city} {when}',
    'is it {cold} in {city}',
    'is it {dark} in {city} {when}',
    'do i need a coat {when}',
  ],
};

/** What people of any intent say: the sentence alone does not tell. */
const SHARED = [
  '{help}',
  'not now , {when} please',
  'turn it {onoff}',
  'it is {opinion}',
  'is it {cold}',
  'i must do it {when}',
];

const SYMBOLS: Readonly<Record<string, readonly string[]>> = {
  please: ['please', 'could you', 'can you please', 'hey ,', 'i would like you to', ''],
  help: ['can you help', 'do something', 'please help me', 'what can you do'],
  when: ['at {hour}', 'tomorrow', 'tonight', 'on {day}', 'on {day} at {hour}', 'in {number} minutes', 'in the morning'],
  hour: ['{number} o clock', 'half past {number}', '{number} thirty', 'noon', 'midnight'],
  number: ['two', 'three', 'five', 'six', 'seven', 'ten', 'eleven', 'twelve'],
  day: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
  'an alarm': ['an alarm', 'the alarm', 'a timer', 'the clock'],
  room: ['the {adjective} room', 'the kitchen', 'the bedroom', 'the bathroom', 'the hall', 'the cellar', 'here'],
  adjective: ['living', 'dining', 'small', 'back', 'other'],
  onoff: ['on', 'off', 'up', 'down'],
  dark: ['dark', 'too dark', 'bright', 'much too bright', 'dim'],
  cold: ['cold', 'too cold', 'warm', 'much too hot', 'freezing'],
  opinion: ['great', 'awful', 'too loud', 'my favourite', 'not what i want'],
  song: ['some {genre}', 'the radio', 'that {genre} song', 'my {genre} list', 'something {opinion}'],
  genre: ['jazz', 'rock', 'folk', 'piano', 'dance', 'morning'],
  task: ['call {person}', 'water the plants', 'pay the rent', 'buy {food}', 'turn {onoff} the heating', 'go to {city}'],
  person: ['anna', 'my mother', 'the doctor', 'paul', 'the school'],
  food: ['milk', 'bread', 'apples', 'coffee', 'rice', 'cheese', 'two eggs', 'ten lemons'],
  city: ['berlin', 'paris', 'rome', 'oslo', 'vienna', 'lisbon', 'the airport'],
};

/** How often a sentence is one that all intents share. */
const SHARED_FRACTION = 0.08;
/** How often two letters that stand together change places. */
const TYPING_ERROR = 0.01;

export const GRAMMAR_CLASSES: readonly string[] = Object.keys(INTENTS);

export interface GrammarSentences {
  texts: string[];
  /** Positions in {@link GRAMMAR_CLASSES}. */
  labels: Int32Array;
}

/** The same sentences for the same seed; some 8 % say nothing of their intent, and some words are mistyped. */
export function grammarSentences(count: number, seed: number): GrammarSentences {
  const random = stream(seed, 'grammar');
  const labels = new Int32Array(count);
  const texts = Array.from({ length: count }, (_, i) => {
    labels[i] = random.integer(GRAMMAR_CLASSES.length);
    const intent = INTENTS[GRAMMAR_CLASSES[labels[i]] as string] as readonly string[];
    const sentence = expand(pick(random, random.uniform() < SHARED_FRACTION ? SHARED : intent), random);
    return mistype(sentence.replace(/ +/g, ' ').trim(), random);
  });
  return { texts, labels };
}

function expand(production: string, random: RandomStream): string {
  return production.replace(/\{([^}]+)\}/g, (_, symbol: string) => expand(pick(random, SYMBOLS[symbol] ?? []), random));
}

function pick(random: RandomStream, choices: readonly string[]): string {
  return choices[random.integer(choices.length)] ?? '';
}

function mistype(text: string, random: RandomStream): string {
  const letters = Array.from(text);
  for (let i = 0; i + 1 < letters.length; i++) {
    if (random.uniform() >= TYPING_ERROR || letters[i] === ' ' || letters[i + 1] === ' ') continue;
    [letters[i], letters[i + 1]] = [letters[i + 1] as string, letters[i] as string];
    i++;
  }
  return letters.join('');
}
