import { registerControls } from './components/controls';
import './components/diffPanel';
import { pageStyles } from './theme/pageStyles';

document.adoptedStyleSheets.push(pageStyles());
registerControls();
