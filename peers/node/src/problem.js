import { STATUS_CODES } from 'node:http';

/** The content type of a problem (RFC 9457, section 3). */
export const PROBLEM_TYPE = 'application/problem+json';

/** What was wrong with a request. Details are fixed texts, so that no byte of the request is sent back. */
export class Problem extends Error {
  constructor(status, detail, headers = {}) {
    super(detail);
    this.status = status;
    this.headers = headers;
  }

  /** The body of the answer. */
  toJSON() {
    return { title: STATUS_CODES[this.status], status: this.status, detail: this.message };
  }
}
