/** The files of `train-*-of-00002.parquet`, in their order; undefined for any other path. */
export function shardFiles(path: string): string[] | undefined {
  const found = /^(.*)-\*-of-(\d{5})(\.[^/\\]+)$/.exec(path);
  if (!found) return undefined;
  const [, start, count, extension] = found as unknown as [string, string, string, string];
  return Array.from(
    { length: Number(count) },
    (_, index) => `${start}-${String(index).padStart(5, '0')}-of-${count}${extension}`,
  );
}
