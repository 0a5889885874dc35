import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';

/*
 * The only file that knows which control kit is used. Each function is one control; swapping the kit means rewriting these.
 */

/** Registers the controls; call once, before the first one is rendered. */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeCheckbox(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodeTextField(),
  );
}

/** Look of the controls, for the components that use them. */
export const controlStyles = css`
  vscode-text-field::part(label) {
    display: none;
  }
`;

interface Button {
  readonly label: unknown;
  readonly primary?: boolean;
  readonly disabled?: boolean;
  readonly title?: string;
  /** It opens a menu. */
  readonly menu?: boolean;
  readonly press: (event: Event) => void;
}

export function button({ label, primary, disabled, title, menu, press }: Button): TemplateResult {
  return html`<vscode-button
    appearance=${primary === true ? 'primary' : 'secondary'}
    ?disabled=${disabled === true}
    title=${title ?? nothing}
    aria-haspopup=${menu === true ? 'menu' : nothing}
    @click=${press}
    >${label}</vscode-button
  >`;
}

interface Checkbox {
  readonly label: string;
  readonly checked: boolean;
  readonly change: (checked: boolean) => void;
}

export function checkbox({ label, checked, change }: Checkbox): TemplateResult {
  return html`<vscode-checkbox
    .checked=${checked}
    @change=${(event: Event): void => {
      const now = (event.target as HTMLInputElement).checked;
      // The kit also reports what was set from here.
      if (now !== checked) change(now);
    }}
    >${label}</vscode-checkbox
  >`;
}

interface TextField {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly input: (value: string) => void;
}

export function textField({ label, placeholder, value, input }: TextField): TemplateResult {
  // The kit takes the name from the content, whatever the label attribute says.
  return html`<vscode-text-field
    placeholder=${placeholder}
    .value=${value}
    @input=${(event: Event): void => input((event.target as HTMLInputElement).value)}
    >${label}</vscode-text-field
  >`;
}

interface Dropdown {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly change: (value: string) => void;
}

export function dropdown({ label, value, options, change }: Dropdown): TemplateResult {
  return html`<vscode-dropdown
    aria-label=${label}
    .value=${value}
    @change=${(event: Event): void => {
      const now = (event.target as HTMLSelectElement).value;
      if (now !== value) change(now);
    }}
    >${options.map(
      (option) =>
        html`<vscode-option value=${option.value} ?selected=${option.value === value}>${option.label}</vscode-option>`,
    )}</vscode-dropdown
  >`;
}
