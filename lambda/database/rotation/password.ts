import { randomInt } from 'crypto';

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** MySQL takes 41 at the most: 238 bits. */
const LENGTH = 40;

/** What stands for the password in the texts that the function is given. */
const PLACEHOLDER = '<password>';

/** Of letters and digits only, so that it means the same in a URL, in a query, in a properties file and in a shell. */
export function newPassword(): string {
  return Array.from({ length: LENGTH }, () => LETTERS_AND_DIGITS[randomInt(LETTERS_AND_DIGITS.length)]).join('');
}

export function withPassword(fields: Record<string, string>, password: string): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, text.replaceAll(PLACEHOLDER, () => password)]));
}
