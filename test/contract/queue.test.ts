import { useEmulators } from '../support/emulators.ts';
import { queueSuite } from './queue.suite.ts';

const emulators = useEmulators();

queueSuite('SQS', async () => (await emulators.freshQueue({ VisibilityTimeout: '600' })).queue);
