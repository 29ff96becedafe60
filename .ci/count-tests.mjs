// Prints `N passed, N failed` from vitest's JSON result and exit code. Fails when something failed or no test ran.
import { readFileSync } from 'node:fs';

const [file, exitCode] = process.argv.slice(2);
const { testResults, numPassedTests, numFailedTests } = JSON.parse(readFileSync(file, 'utf8'));
// A file that cannot be loaded has no tests to count, and is a failure all the same. So is an error outside of any test,
// which only the exit code tells of.
const brokenFiles = testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0);
const counted = numFailedTests + brokenFiles.length;
const failed = counted === 0 && exitCode !== '0' ? 1 : counted;

console.log(`${numPassedTests} passed, ${failed} failed`);
process.exitCode = failed > 0 || numPassedTests === 0 ? 1 : 0;
