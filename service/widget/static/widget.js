"use strict"; // the element is written beside this
