import { registerControls } from './components/controls';
import './components/evaluationPanel';
import { pageStyles } from './theme/pageStyles';

document.adoptedStyleSheets.push(pageStyles());
registerControls();
