/**
 * What the server sends and the page keeps. Offsets in texts are UTF-16 units.
 *
 * @typedef {{id: string, key: string, name: string, definition: string}} Position
 * @typedef {{id: string, key: string, name: string, short: string, definition: string,
 *   includes: string[], excludes: string[], examples: string[], counter_examples: string[],
 *   depth: number, positions: Position[]}} Theme
 * @typedef {{title: string, language: string, fingerprint: string, themes: Theme[]}} Codebook
 *
 * @typedef {[number, number]} Span
 * @typedef {{ticked: boolean, probability: number | null}} PositionRow
 * @typedef {{ticked: boolean, unsure: boolean, judged: boolean, suggested: boolean,
 *   probability: number | null, why: string, evidence: Span | null,
 *   positions: Object<string, PositionRow>}} Row
 * @typedef {{comment_id: string, text_hash: string, text: string, reason: string,
 *   attributes: [string, string][], scope: string[], rows: Object<string, Row>, note: string,
 *   marked: Object<string, Span[]>, copies: {same: number, campaign: number},
 *   saved: boolean}} Card
 *
 * @typedef {"same" | "campaign" | "one"} CopyChoice
 * @typedef {{themes: Object<string, string[]>, unsure: string[], note: string,
 *   evidence: Object<string, Span[]>, copies: CopyChoice}} Draft
 *
 * @typedef {{decided: number, left: number | null, drawn: number | null, skipped: number,
 *   per_hour: number | null, minutes_left: number | null}} Progress
 */

export {};
