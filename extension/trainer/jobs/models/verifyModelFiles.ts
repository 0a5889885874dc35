import { verifyFiles } from '../../../library/verifyFiles';
import type { ModelFilesReport, VerifyModelFilesJob } from '../../../protocol/models';
import { TrainerFailure } from '../../failure';
import { attempt, type JobContext } from '../context';
import { namedModel } from '../namedModel';

/** Checks every file of a model: its hash where one is known, its header, its numbers. */
export async function verifyModelFiles(
  { model, baseFolder }: VerifyModelFilesJob,
  { resources, signal, event }: JobContext,
): Promise<ModelFilesReport> {
  const { folder: path, name } = await namedModel(model, baseFolder, resources);
  return attempt('bad-model', async () => {
    try {
      const report = await verifyFiles(path, signal, (text, share) => event({ type: 'phase', text, share }));
      return { name, path, ...report };
    } catch (error) {
      if (signal.aborted) throw new TrainerFailure('stopped', `Stopped: ${name} was not checked to its end.`);
      throw error;
    }
  });
}
