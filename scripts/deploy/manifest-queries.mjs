/** Questions about rendered objects that several rules ask. */

export const ofKind = (objects, kind) => objects.filter((object) => object.kind === kind);

/** Pod template (metadata and spec) of everything that makes pods, with the object it belongs to. */
export function podsOf(objects) {
  return objects.flatMap((owner) => {
    if (owner.kind === 'Pod') return [{ owner, metadata: owner.metadata, spec: owner.spec }];
    const template = owner.spec?.template;
    return template?.spec ? [{ owner, metadata: template.metadata, spec: template.spec }] : [];
  });
}

export const title = ({ kind, metadata }) => `${kind} ${metadata.name}`;

export const isHook = ({ metadata }) => metadata.annotations?.['helm.sh/hook'] !== undefined;

/** Whether a set of labels meets `matchLabels` or the selector of a Service. */
export const matches = (selector, labels = {}) =>
  Object.entries(selector).every(([name, value]) => labels[name] === value);

/** Plain environment of a container: name → value; what comes from elsewhere is left out. */
export const environmentOf = (container) =>
  Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, value]));
