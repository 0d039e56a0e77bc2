/**
 * The renderings of Locations that builds have stored, oldest first: of each a digest of what it prints of the examples
 * in the spec beside this file. Whoever changes what versions print by default appends the new digest: a build
 * renders anew what older ones stored. A line that was released never changes.
 */
export const RENDERINGS = ['44ccfaae382ce804'];

/** The rendering that this build writes, as stored beside the text. */
export const LOCATION_RENDERING = RENDERINGS.length;
