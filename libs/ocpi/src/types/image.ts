import { type Static, Type } from '@sinclair/typebox';
import { CiString, OpenEnum, Optional, Url } from './schema.js';

export const IMAGE_CATEGORIES = [
  'CHARGER',
  'ENTRANCE',
  'LOCATION',
  'NETWORK',
  'OPERATOR',
  'OTHER',
  'OWNER',
] as const;
export const ImageCategory = OpenEnum(IMAGE_CATEGORIES);
export type ImageCategory = Static<typeof ImageCategory>;

const Pixels = () => Type.Integer({ minimum: 0, maximum: 99_999 });

/** A picture by reference; its URL and thumbnail are never fetched by us (Locations chapter, LOC-66). */
export const Image = Type.Object({
  url: Url(),
  thumbnail: Optional(Url()),
  category: ImageCategory,
  type: CiString(4),
  width: Optional(Pixels()),
  height: Optional(Pixels()),
});
export type Image = Static<typeof Image>;
