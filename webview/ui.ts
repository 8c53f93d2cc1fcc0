/** The only place that names the component library: another one can take its place here. */
import { provideVSCodeDesignSystem, vsCodeButton, vsCodeTextField } from '@vscode/webview-ui-toolkit';
import { setAttribute, setText } from './dom.js';

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeTextField());

export interface Button {
  readonly element: HTMLElement;
  setLabel(label: string): void;
  setEnabled(enabled: boolean): void;
  setPrimary(primary: boolean): void;
  /** For a button that stays down; null takes that back. */
  setPressed(pressed: boolean | null): void;
}

export interface ButtonOptions {
  label: string;
  /** Said when the pointer rests on it. */
  hint?: string;
  /** Shown in place of the label, which is then for screen readers. */
  icon?: SVGSVGElement;
  /** The same only where there is little room, see monitor.css. */
  smallIcon?: SVGSVGElement;
  /** Class of the label, for decoration. */
  className?: string;
  primary?: boolean;
  onClick: () => void;
}

interface ButtonElement extends HTMLElement {
  appearance: string;
  disabled: boolean;
}

export function createButton(options: ButtonOptions): Button {
  const { label, hint, icon, smallIcon, className, primary = false, onClick } = options;
  const button = document.createElement('vscode-button') as ButtonElement;
  const words = document.createElement('div'); // the library takes a span for a picture of 16 pixels
  words.className = className === undefined ? 'button-label' : `button-label ${className}`;
  button.setAttribute('appearance', primary ? 'primary' : 'secondary');
  button.append(icon ?? words);
  if (smallIcon) {
    button.classList.add('with-small-icon');
    button.append(smallIcon);
  }
  const setLabel = (text: string): void => {
    if (icon ?? smallIcon) setAttribute(button, 'aria-label', text);
    if (!icon) setText(words, text);
  };
  setLabel(label);
  if (hint !== undefined) button.title = hint;
  button.addEventListener('click', onClick);
  return {
    element: button,
    setLabel,
    setEnabled: (enabled) => {
      if (button.disabled === enabled) button.disabled = !enabled;
    },
    setPrimary: (value) => setAttribute(button, 'appearance', value ? 'primary' : 'secondary'),
    setPressed: (pressed) => {
      // Of attributes the library passes only some on to the button inside; properties always.
      const value = pressed === null ? null : String(pressed);
      if (button.ariaPressed !== value) button.ariaPressed = value;
    },
  };
}

export interface TextField {
  readonly element: HTMLElement;
  /** Leaves what a person is typing alone. */
  setValue(value: string): void;
  setEnabled(enabled: boolean): void;
  setInvalid(invalid: boolean): void;
}

export interface TextFieldOptions {
  label: string;
  /** Width in characters. */
  size: number;
  /** Enter, or leaving the field after a change. */
  onCommit: (text: string) => void;
}

interface TextFieldElement extends HTMLElement {
  value: string;
  size: number;
  disabled: boolean;
}

export function createTextField({ label, size, onCommit }: TextFieldOptions): TextField {
  const field = document.createElement('vscode-text-field') as TextFieldElement;
  field.setAttribute('size', String(size));
  let shown = '';
  const commit = (): void => {
    if (field.value !== shown) onCommit(field.value);
  };
  field.addEventListener('change', commit);
  field.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') field.value = shown;
  });
  return {
    element: field,
    setValue: (value) => {
      setAttribute(field, 'aria-label', label); // the library puts a name of its own when the field enters the page
      const typing = document.activeElement === field && field.value !== shown;
      shown = value;
      if (!typing && field.value !== value) field.value = value;
    },
    setEnabled: (enabled) => {
      if (field.disabled === enabled) field.disabled = !enabled;
    },
    setInvalid: (invalid) => setAttribute(field, 'aria-invalid', invalid ? 'true' : null),
  };
}
