/** Whether a text has the form of a model's name on the hub: "organisation/name". A path may look the same. */
export function isHubName(text: string): boolean {
  return /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/.test(text);
}
