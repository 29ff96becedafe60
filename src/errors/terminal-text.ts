import { stripVTControlCharacters } from 'node:util';

/** Control characters but tab and line break, marks that turn the direction of writing, and halves of characters cut in two. */
const unshowable = /[^\P{Cc}\t\n]|[\u200E\u200F\u202A-\u202E\u2066-\u2069]|\p{Cs}/gu;

/** Text from a flow or its data as it may stand on a terminal: nothing in it is acted on. */
export function terminalText(text: string): string {
  return stripVTControlCharacters(text.replaceAll('\r\n', '\n')).replace(unshowable, '\uFFFD');
}

/** Data of which every text may stand on a terminal. */
export function terminalData<Data>(data: Data): Data {
  if (typeof data === 'string') return terminalText(data) as Data;
  if (Array.isArray(data)) return data.map(terminalData) as Data;
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, terminalData(value)])) as Data;
}
