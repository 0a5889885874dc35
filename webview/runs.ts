import { registerControls } from './components/controls';
import './components/runsPanel';
import { pageStyles } from './theme/pageStyles';

document.adoptedStyleSheets.push(pageStyles());
registerControls();
