/** Keys that work anywhere on the page, as long as what has the focus has no use for them itself. */
export interface KeyActions {
  togglePause: () => void;
  toggleLog: () => void;
  stepBy: (direction: 1 | -1) => void;
  first: () => void;
  live: () => void;
}

export function listenToKeys(actions: KeyActions): void {
  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    const act = actionOf(event.key, focused(), actions);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function actionOf(key: string, focus: Element | null, actions: KeyActions): (() => void) | undefined {
  const uses = usesOf(focus);
  switch (key) {
    case ' ':
      return uses.space ? undefined : actions.togglePause;
    case 'l':
    case 'L':
      return uses.letters ? undefined : actions.toggleLog;
    case 'ArrowLeft':
      return uses.arrows ? undefined : () => actions.stepBy(-1);
    case 'ArrowRight':
      return uses.arrows ? undefined : () => actions.stepBy(1);
    case 'Home':
      return uses.ends ? undefined : actions.first;
    case 'End':
      return uses.ends ? undefined : actions.live;
    default:
      return undefined;
  }
}

/** The element with the focus, also inside a component. */
function focused(): Element | null {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}

interface Uses {
  space: boolean;
  letters: boolean;
  arrows: boolean;
  /** Home and End. */
  ends: boolean;
}

function usesOf(focus: Element | null): Uses {
  if (!(focus instanceof HTMLInputElement)) {
    const presses = focus instanceof HTMLButtonElement || focus?.getAttribute('role') === 'button';
    return { space: presses, letters: false, arrows: false, ends: false };
  }
  if (focus.type === 'radio') return { space: true, letters: false, arrows: true, ends: false };
  if (focus.type !== 'range') return { space: true, letters: true, arrows: true, ends: true };
  // The time slider moves by samples, not by single steps; that is what these keys do anyway.
  const time = focus.classList.contains('time-slider');
  return { space: false, letters: false, arrows: !time, ends: !time };
}
