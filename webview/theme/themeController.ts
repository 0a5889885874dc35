import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Calls a component back when the editor's theme changes: its kind is a class of the body, its colours are the root's style. */
export class ThemeController implements ReactiveController {
  private readonly observer: MutationObserver;

  constructor(host: ReactiveControllerHost, changed: () => void) {
    this.observer = new MutationObserver(changed);
    host.addController(this);
  }

  hostConnected(): void {
    this.observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
    this.observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  }

  hostDisconnected(): void {
    this.observer.disconnect();
  }
}

/** A colour of the theme as the canvas takes it; `fallback` names the one to use where a theme leaves it out. */
export function themeColour(name: string, fallback = 'foreground'): string {
  const style = getComputedStyle(document.body);
  const value = style.getPropertyValue(`--vscode-${name}`).trim();
  return value === '' ? style.getPropertyValue(`--vscode-${fallback}`).trim() : value;
}

/** Whether the theme is one of the high contrast ones. */
export function isHighContrast(): boolean {
  return [...document.body.classList].some((each) => each.startsWith('vscode-high-contrast'));
}
