/** Tells the style sheet how high what always stands around the sections is, so that the first of them can fill the rest. */
export function measureAround(root: HTMLElement, around: readonly HTMLElement[]): void {
  const observer = new ResizeObserver(() => {
    const height = around.reduce((sum, element) => sum + element.offsetHeight, 0);
    root.style.setProperty('--around', `${height}px`);
  });
  for (const element of around) observer.observe(element, { box: 'border-box' });
}
