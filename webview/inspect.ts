import { registerControls } from './components/controls';
import './components/inspectPanel';
import { pageStyles } from './theme/pageStyles';

document.adoptedStyleSheets.push(pageStyles());
registerControls();
