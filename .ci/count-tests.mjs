// Prints `N passed, N failed` from vitest's JSON result. Fails when a test failed or none ran.
import { readFileSync } from 'node:fs';

const { testResults, numPassedTests, numFailedTests } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
// A file that cannot be loaded has no tests to count, and is a failure all the same.
const brokenFiles = testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0);
const failed = numFailedTests + brokenFiles.length;

console.log(`${numPassedTests} passed, ${failed} failed`);
process.exitCode = failed > 0 || numPassedTests === 0 ? 1 : 0;
