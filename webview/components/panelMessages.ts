import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Remedy } from '../../extension/protocol/inspectPanel';
import { button } from './controls';
import { icon } from './icon';

/** Look of a message that stands in place of a panel's content, and of the notices above it. */
export const messageStyles = css`
  .message {
    align-items: center;
    align-self: center;
    display: flex;
    flex: 1;
    flex-direction: column;
    gap: 10px;
    justify-content: center;
    margin: 0 auto;
    max-width: 36em;
    padding: 24px;
    text-align: center;
  }
  .message h1 {
    font-size: 1.3em;
    font-weight: 600;
    margin: 0;
  }
  .message p {
    line-height: 1.5;
    margin: 0;
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .message > .glyph {
    color: var(--vscode-descriptionForeground);
    height: 32px;
    width: 32px;
  }
  .message .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    justify-content: center;
  }
  progress {
    accent-color: var(--vscode-progressBar-background, var(--vscode-focusBorder));
    height: 4px;
    width: 16em;
  }
  .notice {
    align-items: center;
    background: var(--vscode-inputValidation-warningBackground);
    border-bottom: 1px solid var(--vscode-inputValidation-warningBorder);
    color: var(--vscode-inputValidation-warningForeground, var(--vscode-foreground));
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    padding: 6px 16px;
  }
  .notice ul {
    margin: 0;
    padding-inline-start: 18px;
  }
`;

/** What is being done, with how far it is where that is known. */
export function working({ text: said, share }: { readonly text: string; readonly share?: number }): TemplateResult {
  // The trainer names its phases as parts of a sentence.
  const text = said.charAt(0).toUpperCase() + said.slice(1);
  return html`<div class="message" role="status">
    ${icon('running')}
    <h1 class="unseen">At work</h1>
    <p>${text}</p>
    ${share === undefined ? nothing : html`<progress max="1" .value=${share} aria-label=${text}></progress>`}
  </div>`;
}

interface Problem {
  readonly title: string;
  readonly message: string;
  readonly remedy?: Remedy;
  readonly retry: () => void;
  readonly chooseModel: () => void;
  readonly manageTrust: () => void;
}

/** What went wrong, and what a person can do about it. */
export function problem({ title, message, remedy, retry, chooseModel, manageTrust }: Problem): TemplateResult {
  return html`<div class="message" role="alert">
    ${icon('failed')}
    <h1>${title}</h1>
    <p>${message}</p>
    <div class="buttons">
      ${
        remedy === 'model'
          ? button({ label: 'Choose Model…', primary: true, press: chooseModel })
          : remedy === 'trust'
            ? button({ label: 'Manage Workspace Trust', primary: true, press: manageTrust })
            : nothing
      }
      ${button({ label: 'Try Again', primary: remedy === undefined, press: retry })}
    </div>
  </div>`;
}

/** Sentences for the person above the content; nothing where there are none. */
export function warnings(sentences: readonly string[]): TemplateResult | typeof nothing {
  return sentences.length === 0
    ? nothing
    : html`<div class="notice" role="note" aria-label="Warnings">
        ${icon('warning')}
        ${
          sentences.length === 1
            ? html`<span>${sentences[0]}</span>`
            : html`<ul>
                ${sentences.map((sentence) => html`<li>${sentence}</li>`)}
              </ul>`
        }
      </div>`;
}
