import { scaleLinear } from 'd3-scale';
import type { MapPoint } from '../../extension/protocol/inspection';

/** The part of the plane that a map shows when nothing is enlarged, in the units of the projection. */
export interface Extent {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

/** What a person did to the view: an enlargement about the middle, and a shift in pixels. */
export interface View {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}
export const wholeView: View = { zoom: 1, x: 0, y: 0 };
const mostZoom = 60;

/** Pixels that stay free at the edges, for the marks and their labels. */
const margin = 22;

/** The smallest extent with all of `points` in it, and with `before`, so that the view does not jump between checkpoints. */
export function extentOf(points: readonly MapPoint[], before?: Extent): Extent {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return {
    left: Math.min(...xs, before?.left ?? Infinity),
    right: Math.max(...xs, before?.right ?? -Infinity),
    bottom: Math.min(...ys, before?.bottom ?? Infinity),
    top: Math.max(...ys, before?.top ?? -Infinity),
  };
}

/** Where a point of the plane lies in a drawing of `width` x `height` pixels. Both axes have one scale: distances can be compared. */
export function placer(
  extent: Extent,
  { zoom, x, y }: View,
  width: number,
  height: number,
): (point: MapPoint) => MapPoint {
  const across = Math.max(extent.right - extent.left, 1e-9);
  const up = Math.max(extent.top - extent.bottom, 1e-9);
  const scale = Math.min((width - 2 * margin) / across, (height - 2 * margin) / up) * zoom;
  const middle = [(extent.left + extent.right) / 2, (extent.bottom + extent.top) / 2] as const;
  const toX = scaleLinear([middle[0], middle[0] + 1], [width / 2 + x, width / 2 + x + scale]);
  const toY = scaleLinear([middle[1], middle[1] + 1], [height / 2 + y, height / 2 + y - scale]);
  return ([px, py]) => [toX(px), toY(py)];
}

/** Enlarges by `factor` so that what is under `at` (pixels from the middle of the drawing) stays there. */
export function zoomed(view: View, factor: number, at: MapPoint = [0, 0]): View {
  const zoom = Math.min(mostZoom, Math.max(0.5, view.zoom * factor));
  const ratio = zoom / view.zoom;
  return { zoom, x: at[0] - (at[0] - view.x) * ratio, y: at[1] - (at[1] - view.y) * ratio };
}

const directions: Readonly<Record<string, MapPoint>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * The point that an arrow key goes to: the nearest in that direction, where what lies aside counts double. Home and End go to
 * the first and the last. Undefined for a key that does not move, or where there is nothing.
 *
 * @param points in pixels.
 * @param from index of the point the keyboard is at.
 */
export function pointAfterKey(key: string, points: readonly MapPoint[], from: number): number | undefined {
  if (key === 'Home') return 0;
  if (key === 'End') return points.length - 1;
  const direction = directions[key];
  const start = points[from];
  if (direction === undefined || start === undefined) return undefined;
  let best: number | undefined;
  let least = Infinity;
  points.forEach(([x, y], index) => {
    const [dx, dy] = [x - start[0], y - start[1]];
    const ahead = dx * direction[0] + dy * direction[1];
    if (index === from || ahead <= 0.01) return;
    const aside = Math.abs(dx * direction[1]) + Math.abs(dy * direction[0]);
    const cost = ahead + 2 * aside;
    if (cost < least) [least, best] = [cost, index];
  });
  return best;
}

/** A label to be written beside a point; earlier ones have the right of way. */
export interface LabelWish {
  readonly at: MapPoint;
  readonly text: string;
  /** Written even where it covers another. */
  readonly always: boolean;
}

/** Which labels fit without covering each other; sizes in pixels. */
export function fittingLabels(
  wishes: readonly LabelWish[],
  width: number,
  height: number,
  characterWidth = 6.4,
  lineHeight = 13,
): readonly boolean[] {
  const taken: Extent[] = [];
  return wishes.map(({ at: [x, y], text, always }) => {
    const box = {
      left: x + 5,
      right: x + 9 + text.length * characterWidth,
      bottom: y - lineHeight / 2,
      top: y + lineHeight / 2,
    };
    const outside = box.right > width || box.left < 0 || box.bottom < 0 || box.top > height;
    const covers = taken.some(
      (other) => box.left < other.right && other.left < box.right && box.bottom < other.top && other.bottom < box.top,
    );
    if (!always && (outside || covers)) return false;
    taken.push(box);
    return true;
  });
}
