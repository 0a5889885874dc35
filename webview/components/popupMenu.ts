import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { sharedStyles } from '../theme/sharedStyles';
import { icon } from './icon';

export interface MenuItem {
  readonly label: string;
  /** A choice that is on or off; the menu stays open after it. */
  readonly checked?: boolean;
  readonly disabled?: boolean;
  /** A line above it. */
  readonly separated?: boolean;
  readonly choose: () => void;
}

/**
 * A menu over the page: opened at a point, closed by Escape, Tab, a click elsewhere, or a choice. Arrow keys, Home, End and
 * first letters move in it (ARIA authoring practices, menu pattern). Focus goes back to where it came from.
 */
@customElement('popup-menu')
export class PopupMenu extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      [role='menu'] {
        background: var(--vscode-menu-background);
        border: 1px solid var(--vscode-menu-border, var(--vscode-contrastBorder, transparent));
        border-radius: 6px;
        box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
        color: var(--vscode-menu-foreground);
        inset: auto;
        margin: 0;
        max-height: calc(100vh - 16px);
        min-width: 180px;
        overflow-y: auto;
        padding: 4px;
        position: fixed;
      }
      [role^='menuitem'] {
        align-items: center;
        border-radius: 4px;
        cursor: pointer;
        display: grid;
        gap: 4px;
        grid-template-columns: 18px 1fr;
        line-height: 24px;
        padding: 0 22px 0 4px;
        white-space: nowrap;
      }
      [role^='menuitem'] span {
        display: flex;
      }
      [role^='menuitem']:focus {
        background: var(--vscode-menu-selectionBackground);
        color: var(--vscode-menu-selectionForeground);
        outline: 1px solid var(--vscode-menu-selectionBorder, transparent);
        outline-offset: -1px;
      }
      [aria-disabled='true'] {
        cursor: default;
        opacity: 0.5;
      }
      [role='separator'] {
        border-top: 1px solid var(--vscode-menu-separatorBackground, var(--vscode-panel-border));
        margin: 4px 0;
      }
    `,
  ];

  @state() private items: readonly MenuItem[] = [];
  @state() private label = '';
  private make: () => readonly MenuItem[] = () => [];
  private back: HTMLElement | undefined;

  /** Opens at a point of the viewport. `items` is asked again after every choice that keeps the menu open. */
  async open(
    label: string,
    items: () => readonly MenuItem[],
    at: { readonly x: number; readonly y: number },
    back: HTMLElement | undefined,
  ): Promise<void> {
    this.label = label;
    this.make = items;
    this.items = items();
    this.back = back;
    await this.updateComplete;
    const { menu } = this;
    menu.showPopover();
    const { width, height } = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(4, Math.min(at.x, window.innerWidth - width - 4))}px`;
    menu.style.top = `${Math.max(4, Math.min(at.y, window.innerHeight - height - 4))}px`;
    this.entries.find((entry) => entry.ariaDisabled !== 'true')?.focus();
  }

  override render(): TemplateResult {
    return html`<div
      role="menu"
      popover="auto"
      aria-label=${this.label}
      @keydown=${this.press}
      @toggle=${(event: ToggleEvent): void => {
        if (event.newState === 'closed') this.closed();
      }}
    >
      ${this.items.map(
        (item, index) => html`
          ${item.separated === true ? html`<div role="separator"></div>` : nothing}
          <div
            role=${item.checked === undefined ? 'menuitem' : 'menuitemcheckbox'}
            aria-checked=${item.checked === undefined ? nothing : item.checked ? 'true' : 'false'}
            aria-disabled=${item.disabled === true ? 'true' : nothing}
            tabindex="-1"
            @click=${(): void => this.choose(index)}
            @pointermove=${(event: PointerEvent): void => (event.currentTarget as HTMLElement).focus()}
          >
            <span>${item.checked === true ? icon('check') : nothing}</span><span>${item.label}</span>
          </div>
        `,
      )}
    </div>`;
  }

  private get menu(): HTMLElement {
    return this.renderRoot.querySelector<HTMLElement>('[role=menu]')!;
  }

  private get entries(): readonly HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('[role^=menuitem]')];
  }

  private choose(index: number): void {
    const item = this.items[index];
    if (item === undefined || item.disabled === true) return;
    if (item.checked === undefined) this.menu.hidePopover();
    item.choose();
    if (item.checked !== undefined) this.items = this.make();
  }

  private closed(): void {
    const had = this.renderRoot instanceof ShadowRoot && this.renderRoot.activeElement !== null;
    if (had || document.activeElement === document.body) this.back?.focus();
  }

  private readonly press = (event: KeyboardEvent): void => {
    const { entries } = this;
    const at = entries.findIndex((entry) => entry.matches(':focus'));
    const focus = (index: number): void => entries[(index + entries.length) % entries.length]?.focus();
    if (event.key === 'ArrowDown') focus(at + 1);
    else if (event.key === 'ArrowUp') focus(at - 1);
    else if (event.key === 'Home') focus(0);
    else if (event.key === 'End') focus(-1);
    else if (event.key === 'Enter' || event.key === ' ') this.choose(at);
    else if (event.key === 'Tab') this.menu.hidePopover();
    else if (event.key.length === 1) {
      const letter = event.key.toLowerCase();
      const order = [...entries.keys()].map((index) => (at + 1 + index) % entries.length);
      const found = order.find((index) => this.items[index]?.label.toLowerCase().startsWith(letter) === true);
      if (found !== undefined) focus(found);
      return;
    } else return;
    event.preventDefault();
  };
}
