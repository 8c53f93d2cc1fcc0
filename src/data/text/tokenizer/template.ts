/** Special tokens around a text: the post-processors of tokenizer.json. */
import { t } from '../../../protocol/l10n.js';
import type { Component } from './component.js';

/** Ids before and after the text's own. */
export interface Template {
  before: number[];
  after: number[];
}

const KNOWN = ['BertProcessing', 'ByteLevel', 'RobertaProcessing', 'Sequence', 'TemplateProcessing'];

/** @throws DataError naming a part that is not supported */
export function templateOf(component: Component): Template {
  switch (component.type) {
    case 'ByteLevel':
      return { before: [], after: [] };
    case 'Sequence':
      // What comes later stands further out.
      return component
        .components('processors')
        .map(templateOf)
        .reduce((inner, outer) => ({
          before: [...outer.before, ...inner.before],
          after: [...inner.after, ...outer.after],
        }));
    case 'BertProcessing':
    case 'RobertaProcessing':
      return { before: [pairId(component, 'cls')], after: [pairId(component, 'sep')] };
    case 'TemplateProcessing':
      return single(component);
    default:
      throw component.unsupported(KNOWN);
  }
}

/** ["[SEP]", 102] */
function pairId(component: Component, name: string): number {
  const id = component.list(name)[1];
  if (typeof id !== 'number')
    throw component.problem(t('{0} must be {1}', component.at(name), t('a token and its id')));
  return id;
}

function single(component: Component): Template {
  const special = component.component('special_tokens');
  const before: number[] = [];
  const after: number[] = [];
  let seen = false;
  for (const piece of component.components('single')) {
    if (piece.value('Sequence') !== undefined) {
      if (seen) throw component.unsupportedOption('single');
      seen = true;
      continue;
    }
    for (const id of special.component(piece.component('SpecialToken').text('id')).list('ids')) {
      if (typeof id !== 'number')
        throw component.problem(t('{0} must be {1}', special.place, t('tokens and their ids')));
      (seen ? after : before).push(id);
    }
  }
  if (!seen) throw component.problem(t('{0} does not hold the text itself', component.at('single')));
  return { before, after };
}
