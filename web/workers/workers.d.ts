/** The text of each script in this folder, which web/build/explorables.mjs puts in. */
declare const WORKERS: Record<string, string>;
