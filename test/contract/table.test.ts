import { useEmulators } from '../support/emulators.ts';
import { tableSuite } from './table.suite.ts';

const emulators = useEmulators();

tableSuite('DynamoDB', emulators.freshTable);
