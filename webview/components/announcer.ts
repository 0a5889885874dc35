import { LitElement, html } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { sharedStyles } from '../theme/sharedStyles';

/** Milliseconds between two announcements; what happens in between is said together. */
const pause = 1500;

/** Says what happens to runs to a screen reader, politely and not too often. */
@customElement('status-announcer')
export class StatusAnnouncer extends LitElement {
  static override styles = sharedStyles;
  @state() private said = '';
  private waiting: string[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  say(sentences: readonly string[]): void {
    if (sentences.length === 0) return;
    this.waiting.push(...sentences);
    this.timer ??= setTimeout(() => this.speak(), 0);
  }

  override disconnectedCallback(): void {
    clearTimeout(this.timer);
    super.disconnectedCallback();
  }

  override render(): TemplateResult {
    return html`<div class="unseen" role="status" aria-live="polite">${this.said}</div>`;
  }

  private speak(): void {
    this.said = this.waiting.join(' ');
    this.waiting = [];
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.waiting.length > 0) this.speak();
    }, pause);
  }
}
