import { type ListQuery, listParameters } from './list-query.js';
import { withQuery } from './url-join.js';

export interface NextPage {
  offset: number;
  /** Opaque; lets the server find the page without counting. */
  cursor?: string;
}

/** The value of the `Link` header that leads to the next page, with the filters of this one (TRN-24). */
export function nextLink(listUrl: string, query: ListQuery, next: NextPage): string {
  const { cursor: _spent, ...filters } = query;
  return `<${withQuery(listUrl, listParameters({ ...filters, ...next }))}>; rel="next"`;
}

/**
 * The target of `rel=next` in a partner's Link header, exactly as given (TRN-28), or undefined. Several links, any
 * order and quoting of parameters, and header values in a list are read. Relative targets are returned as they are.
 */
export function readNextLink(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header.join(', ') : (header ?? '');
  const link = /<([^<>]*)>((?:\s*;\s*[^\s=;,]+(?:\s*=\s*(?:"[^"]*"|[^\s;,"]*))?)*)/g;
  for (const [, target, parameters = ''] of text.matchAll(link)) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]*))/i.exec(parameters);
    const relations = (rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/);
    if (relations.includes('next')) return target?.trim();
  }
  return undefined;
}

/** A count out of a header (X-Total-Count, X-Limit); undefined when absent or nonsense. */
export function readCount(header: string | string[] | undefined): number | undefined {
  const text = (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
