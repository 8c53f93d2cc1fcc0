/** A picture as shapes, which svg.ts writes and png.ts paints: the same in both. Lengths are in pixels of the picture. */

export type Point = readonly [x: number, y: number];

export type Shape =
  | { type: 'line'; points: readonly Point[]; colour: string; width: number; dash?: readonly number[] }
  | { type: 'area'; points: readonly Point[]; colour: string; opacity: number }
  | { type: 'disc'; at: Point; radius: number; colour: string }
  | {
      type: 'text';
      /** On the base line: the text's start, middle or end. */
      at: Point;
      text: string;
      /** Of the font. */
      size: number;
      colour: string;
      anchor: 'start' | 'middle' | 'end';
      isBold?: boolean;
      /** Read from below to above. */
      isUpright?: boolean;
    };

export interface Drawing {
  width: number;
  height: number;
  background: string;
  /** What it shows, for whoever does not see it. */
  title: string;
  /** Those behind come first. Colours are #rrggbb. */
  shapes: Shape[];
}
